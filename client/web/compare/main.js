// Two tries of one call, side by side: reads both reviews and puts the page together.

import { firstName } from "../people.js";
import { Scope } from "../scope.js";
import { serverTrouble } from "../trouble.js";
import { clock, element } from "../view/element.js";
import { createRecording } from "../view/recording.js";
import { sharedTurns, tryNames } from "./pair.js";
import { beginning, checks, courses, endings, heading, ways } from "./parts.js";

const scope = new Scope();
const place = document.getElementById("compare");
const recording = createRecording({ scope });

async function read(session) {
  const answer = await fetch(`/api/sessions/${session}/review`);
  if (answer.ok) return answer.json();
  const { text = `Session ${session} cannot be read.` } = await answer.json().catch(() => ({}));
  throw new RangeError(text);
}

// A button that plays a turn, where its side was recorded.
function hear({ session, tracks }, { speaker, start_seconds: from, end_seconds: to }) {
  if (!tracks.some(({ side }) => side === speaker)) return null;
  const label = element("span", { class: "visually-hidden" }, "Hear this turn at ");
  const button = element("button", { type: "button", class: "hear" }, label, clock(from));
  button.addEventListener("click", () => recording.play({ session, speaker, from, to, button }));
  return button;
}

function show(left, right) {
  const pair = {
    left,
    right,
    hear,
    names: tryNames(left, right),
    shared: sharedTurns(left, right),
    person: firstName(left.person),
    choose: (side) => {
      place.dataset.shown = side;
    },
  };
  document.title = `Two tries: ${left.title} · voice_coach`;
  place.replaceChildren(
    ...[heading, endings, courses, checks, beginning, ways].map((part) => part(pair)).filter(Boolean),
    recording.status,
  );
}

function say({ title, next }) {
  const words = element("p", {}, element("strong", {}, title), next ? ` ${next}` : "");
  const home = element("a", { href: "/" }, "To the start");
  place.replaceChildren(
    element("h1", {}, "Two tries"),
    element("div", { class: "trouble", role: "alert" }, words, home),
  );
}

async function begin() {
  const [, , left, right] = location.pathname.split("/");
  try {
    show(...(await Promise.all([read(left), read(right)])));
  } catch (error) {
    if (error instanceof RangeError) say({ title: "These calls cannot be compared.", next: error.message });
    else if (error instanceof TypeError && error.message.includes("fetch")) say(serverTrouble());
    else throw error;
  } finally {
    place.removeAttribute("aria-busy");
  }
}

begin();
