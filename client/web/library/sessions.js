// The page of all calls: the list, newest first, and the place to bring one from elsewhere.

import { inRoom } from "../room/in-room.js";
import { Scope } from "../scope.js";
import { element } from "../view/element.js";
import { createBring } from "./bring.js";
import { createRow } from "./row.js";
import { ask, inWords } from "./server.js";

const PAGE = 50;

const page = new Scope();
const byId = (id) => document.getElementById(id);
const [refusal, trouble] = [byId("trouble"), byId("list-trouble")]; // of a file, of the list
const [calls, older] = [byId("calls"), byId("older")];

async function show(before = "") {
  const query = new URLSearchParams({ limit: PAGE, before });
  const found = await inWords(trouble, () => ask(`/api/sessions?${query}`));
  if (!found) return;
  const rows = found.sessions.map(createRow);
  if (before) calls.append(...rows);
  else calls.replaceChildren(...(rows.length ? rows : [nothing()]));
  older.hidden = !found.more;
}

function nothing() {
  const begin = element("a", { href: "/" }, "Call somebody");
  return element("li", { class: "nothing" }, "There are no calls yet. ", begin, ", or bring a recording.");
}

async function fillScenarios() {
  const cards = await inWords(trouble, () => ask("/api/scenarios"));
  for (const { id, person, title } of cards ?? [])
    byId("scenario").append(element("option", { value: id }, `${title}: ${person}`));
}

page.listen(older, "click", () => show(calls.lastElementChild.dataset.session));
page.listen(calls, "click", async ({ target }) => {
  const session = target.dataset?.end;
  if (!session) return;
  target.disabled = true;
  await inWords(trouble, () => ask(`/api/sessions/${session}/end`, { method: "POST" }));
  await show();
});
createBring({
  place: {
    zone: byId("bring"),
    choose: byId("choose-file"),
    file: byId("file"),
    scenario: byId("scenario"),
    job: byId("job"),
    words: byId("job-words"),
    progress: byId("job-progress"),
    cancel: byId("job-cancel"),
  },
  scope: page,
  arrived: () => show(),
  refused(sentence) {
    refusal.textContent = sentence;
    refusal.hidden = sentence === "";
  },
});
inRoom().then((there) => {
  byId("bring").hidden = there; // a room takes no files in
});
fillScenarios().then(() => show());
