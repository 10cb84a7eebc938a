// The pop-out: the call moves into a small window that stays on top of slides or of a real call
// (Document Picture-in-Picture), and comes back when that window closes.

import { Scope } from "./scope.js";

const SIZE = { width: 400, height: 620 };

/** Said where the browser has no such window. */
export const NO_POP_OUT =
  "This browser cannot keep a window on top; Chrome and Edge can. A narrow browser window beside your slides does nearly the same.";

export const canPopOut = (view = window) => "documentPictureInPicture" in view;

/** Move `element` out, and `along` with it, to stand above it. `on.opened(view, scope)` may bind keys there; `on.closed()` follows its return. */
export async function popOut({ element, along, on }) {
  const view = await window.documentPictureInPicture.requestWindow(SIZE);
  const scope = new Scope();
  const places = [along, element].map((node) => ({ node, home: node.parentNode, after: node.nextSibling }));
  view.document.title = document.title;
  view.document.documentElement.lang = document.documentElement.lang;
  for (const sheet of document.querySelectorAll("link[rel=stylesheet]")) {
    const copy = view.document.createElement("link");
    copy.rel = "stylesheet";
    copy.href = sheet.href;
    view.document.head.append(copy);
  }
  element.dataset.popped = "";
  Object.assign(view.document.body.dataset, document.body.dataset); // styles go by what the page says it shows
  view.document.body.append(along, element);
  scope.listen(view, "pagehide", () => {
    delete element.dataset.popped;
    for (const { node, home, after } of places) home.insertBefore(node, after);
    scope.close();
    on.closed();
  });
  on.opened(view, scope);
  return view;
}
