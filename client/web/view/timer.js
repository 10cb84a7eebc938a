// The length of the call so far.

import { clock, setText } from "./element.js";

/** Draw into `element` while a call is open. */
export function createTimer({ element, scope, now = () => performance.now() }) {
  let session = "";
  let startedAt = 0;
  const show = () => setText(element, session ? clock((now() - startedAt) / 1000) : "");
  scope.every(500, show);
  return {
    render(state) {
      if (state.session === session) return;
      session = state.session;
      startedAt = now() - 1000 * state.startedSeconds;
      show();
    },
  };
}
