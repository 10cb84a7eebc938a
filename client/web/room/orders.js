// What the trainer asks of the page: to choose, to begin, to stop. A call that is going on ends first, and
// the server may be the one that ends it, so that beginning waits until the call's page is left.

const LEAVE_MS = 4000;

/**
 * `page` is what can be done here: `state()`, `choose(activity)` which gives how that begins, or
 * `null` when there is no such thing, `end()` of the call, `home()`, `changed()`, which resolves when the
 * state has changed.
 */
export function createOrders({ scope, page }) {
  let order = 0; // the last one counts: whoever waits for an older one gives up

  const left = async () => {
    if (page.state().screen !== "call") return;
    page.end();
    let patient = true;
    const cancel = scope.after(LEAVE_MS, () => {
      patient = false;
      page.home();
    });
    while (patient && page.state().screen === "call") await page.changed();
    cancel();
  };

  return {
    async start(activity) {
      order += 1;
      const mine = order;
      await left();
      const shelf = activity.drill ? "drills" : "cards";
      while (page.state()[shelf] === null) await page.changed(); // the page has only just opened
      if (mine !== order) return;
      if (page.state().screen !== "start") page.home();
      await page.choose(activity)?.();
    },
    stop() {
      order += 1;
      if (page.state().screen === "call") page.end();
    },
  };
}
