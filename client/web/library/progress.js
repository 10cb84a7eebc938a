// The progress page: this week in words, twelve weeks as bars, checks and moves as trends.

import { Scope } from "../scope.js";
import { element } from "../view/element.js";
import { ask, inWords } from "./server.js";
import { createCheck, createMove } from "./trends.js";
import { drawWeeks } from "./weeks.js";

const page = new Scope();
const byId = (id) => document.getElementById(id);
const picker = byId("scenario");

async function show() {
  const query = new URLSearchParams({ scenario: picker.value });
  const progress = await inWords(byId("trouble"), () => ask(`/api/progress?${query}`));
  if (!progress) return;
  fill(progress.scenarios);
  byId("look-back").replaceChildren(...progress.look_back.map((words) => element("p", {}, words)));
  drawWeeks(byId("weeks"), progress.weeks);
  const draw = (place, kind, create) => {
    const items = progress.trends.filter((trend) => trend.kind === kind).map(create);
    byId(place).replaceChildren(...(items.length ? items : [tooFew(progress.calls)]));
  };
  draw("checks", "check", createCheck);
  draw("moves", "move", createMove);
}

function tooFew(calls) {
  const words = calls < 2 ? "A trend needs two finished calls." : "None came up in these calls.";
  return element("li", { class: "hint" }, words);
}

function fill(scenarios) {
  if (picker.options.length > 1) return;
  for (const { id, title, calls } of scenarios)
    picker.append(element("option", { value: id }, `${title} (${calls})`));
}

page.listen(picker, "change", show);
show();
