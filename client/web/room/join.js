// Joining a room: a code, a name, two choices. What is wrong is said beside the field it is about.

import { recall, remember } from "../memory.js";
import { Scope } from "../scope.js";
import { browserTrouble } from "../trouble.js";
import { setText } from "../view/element.js";
import { codeIn, fieldOf, mistakeIn, waitSeconds } from "./joining.js";

const page = new Scope();
const byId = (id) => document.getElementById(id);
const fields = ["code", "name"];
let stopWaiting = () => {};

const refuse = (field, sentence) => {
  byId("trouble").hidden = field !== "" || sentence === "";
  if (field === "") setText(byId("trouble"), sentence);
  for (const name of fields) {
    const wrong = name === field && sentence !== "";
    setText(byId(`${name}-error`), wrong ? sentence : "");
    byId(name).setAttribute("aria-invalid", String(wrong));
  }
  if (field) byId(field).select();
};

// The button is locked until another try is allowed, and says for how long.
function wait(seconds) {
  stopWaiting();
  let left = seconds;
  const show = () => {
    byId("join").disabled = left > 0;
    setText(byId("wait"), left > 0 ? `You can try again in ${left} s.` : "You can try again now.");
  };
  show();
  stopWaiting = page.every(1000, () => {
    left -= 1;
    show();
    if (left <= 0) stopWaiting();
  });
}

async function join() {
  const wanted = { code: byId("code").value.trim(), name: byId("name").value.trim() };
  const mistake = mistakeIn(wanted);
  if (mistake) {
    refuse(mistake.field, mistake.text);
    return;
  }
  refuse("", "");
  setText(byId("wait"), "Joining");
  byId("join").disabled = true;
  const consent = { record: byId("record").checked, share: byId("share").checked };
  remember("table", wanted.name);
  let answer;
  try {
    answer = await fetch("/room/join", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...wanted, consent, client: "browser 1" }),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    refuse("", "The room does not answer. Look whether you are in its Wi-Fi, then join again.");
  }
  setText(byId("wait"), "");
  byId("join").disabled = false;
  if (answer?.ok) location.replace("/");
  else if (answer) await refused(answer);
}

async function refused(answer) {
  const refusal = await answer.json().catch(() => ({}));
  const { code = "", text = `The room refused this (${answer.status}).` } = refusal;
  refuse(fieldOf(code), text);
  if (answer.status === 429) wait(waitSeconds(answer.headers.get("retry-after")));
}

async function fill() {
  const code = codeIn(location.hash);
  if (code) {
    byId("code").value = code;
    history.replaceState(null, "", location.pathname); // the next one at this machine should not find it
  }
  byId("name").value = recall("table", "");
  byId(code ? "name" : "code").focus();
  const lacking = browserTrouble();
  if (lacking) refuse("", `${lacking.title} ${lacking.next}`);
  const answer = await fetch("/room/info").catch(() => null);
  if (!answer?.ok) return;
  const { title, locked } = await answer.json();
  setText(byId("title"), title);
  document.title = `Join ${title} - voice_coach`;
  if (locked) refuse("", "The room is locked just now: ask your trainer to open it, then join.");
}

page.listen(byId("form"), "submit", (event) => {
  event.preventDefault();
  join();
});
fill();
