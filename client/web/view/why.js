// "Why did they say that?": closed until somebody asks, under each line of the counterpart.

import { inWords } from "../why.js";
import { element } from "./element.js";

/** Make the disclosure for `because`; `titles` are those of the topics that have come up. */
export function createWhy(because, titles) {
  const { rule, reasons, feelings, topics, origins } = inWords(because, titles);
  return element(
    "details",
    { class: "why" },
    element(
      "summary",
      {},
      element("span", { "aria-hidden": "true" }, "Why?"),
      element("span", { class: "visually-hidden" }, "Why did they say that?"),
    ),
    element(
      "div",
      { class: "why-body" },
      ...reasons.map((reason) => element("p", {}, reason)),
      element(
        "dl",
        { class: "why-facts" },
        row("Rule", element("dd", {}, rule)),
        ...feelings.map(feeling),
        topics.length ? row("Topics", ...topics.map(topic)) : null,
        origins.length ? row("Line", ...origins.map(origin)) : null,
      ),
    ),
  );
}

const row = (term, ...values) => element("div", {}, element("dt", {}, term), ...values);

function feeling({ name, before, after }) {
  const track = element("span", { class: "why-track", "aria-hidden": "true" });
  track.style.setProperty("--before", `${before}%`);
  track.style.setProperty("--after", `${after}%`);
  const words = before === after ? `stays ${after}` : `${before} → ${after}`;
  const title = name[0].toUpperCase() + name.slice(1);
  return row(title, element("dd", { class: "why-feeling", "data-feeling": name }, words, track));
}

const topic = ({ title, before, after }) =>
  element("dd", { class: "why-topic" }, `${title}: ${before} → ${after}`);

function origin({ words, path }) {
  return element("dd", { class: "why-origin" }, words, path ? element("code", {}, path) : null);
}
