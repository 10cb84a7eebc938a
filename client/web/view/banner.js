// Trouble and news in words, with the next step. One line at the top of the call, or a box on the
// start page. Nothing is shown when there is nothing to say.

import { element } from "./element.js";

/** Draw into `place`; `actions[code]` may give `{ words, act }`, a button beside the sentence. */
export function createBanner({ place, pick, actions }) {
  let shown = null;
  return {
    render(state) {
      const news = pick(state);
      const mark = news ? `${news.code} ${news.title}` : "";
      if (mark === shown) return;
      shown = mark;
      place.hidden = !news;
      place.dataset.code = news?.code ?? "";
      place.replaceChildren(...(news ? contents(news, actions(news.code)) : []));
    },
  };
}

function contents({ title, next }, buttons) {
  const words = element("p", {}, element("strong", {}, title), next ? ` ${next}` : "");
  const made = buttons.map(({ words: label, act }) => {
    const button = element("button", { type: "button", class: "quiet" }, label);
    button.addEventListener("click", act);
    return button;
  });
  return [words, ...made];
}

/** What the call's banner says: a broken line first, then trouble, then the server's notice. */
export function newsOfCall({ link, trouble, notice, ending }) {
  if (trouble) return trouble;
  if (link === "reconnecting") {
    return {
      code: "reconnecting",
      title: "The server is out of reach; trying again.",
      next: "Nothing is lost: what you say now is kept and sent when it is back.",
    };
  }
  if (ending) return { code: "ending", title: "Ending the call.", next: "" };
  return notice;
}
