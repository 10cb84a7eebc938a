// A table sits down: its bar over the page, and the trainer's orders carried out on it.

import { setText } from "../view/element.js";
import { openLobby } from "./lobby.js";
import { createOrders } from "./orders.js";

/**
 * Sit down at the table that this browser has joined. `page` is what can be done here: `state()`,
 * `dispatch(message)`, `changed()`, which resolves with the next change, `begin()`, `beginDrill(card)`,
 * `resume(session)`, `end()`, `home()` and `close()`, which leaves a call without a word.
 *
 * Gives a view of the page's state.
 */
export function sitDown({ byId, scope, sound, page }) {
  // What the trainer sends is chosen here as a hand would; gives how it begins, or `null`.
  const choose = ({ scenario, drill, guardedness }) => {
    const { cards, drills, branch } = page.state();
    if (drill) {
      const card = drills?.find(({ id }) => id === drill);
      return card ? () => page.beginDrill(card) : null;
    }
    if (cards && !cards.some(({ id }) => id === scenario)) return null;
    if (branch) page.dispatch({ type: "branch", branch: null });
    page.dispatch({ type: "choose", scenario });
    page.dispatch({ type: "guardedness", level: guardedness ?? "" });
    return page.begin;
  };

  const orders = createOrders({ scope, page: { ...page, choose } });
  const lobby = openLobby({
    place: byId("lobby"),
    out: byId("room-out"),
    scope,
    on: {
      start: orders.start,
      stop: orders.stop,
      assigned: (activity) => page.state().screen === "start" && choose(activity),
      resume: page.resume,
      record: (on) => page.dispatch({ type: "record", on }),
      microphone: () => sound.openMicrophone(),
      gone: page.close,
    },
  });
  setText(byId("lede"), "You talk, they answer aloud. All of it stays on the trainer’s machine.");
  sound.listen(({ level }) => lobby.hear(level));
  return lobby;
}
