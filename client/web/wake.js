// A call needs no touch for minutes: keep the screen, and with it the microphone, awake where possible.

/** Hold a wake lock while `scope` is open. Browsers without one, or that refuse it, go on without. */
export function keepAwake(scope) {
  if (!navigator.wakeLock) return;
  let lock = null;
  let wanted = true;
  const ask = async () => {
    if (!wanted || document.visibilityState !== "visible") return;
    try {
      lock = await navigator.wakeLock.request("screen");
    } catch (error) {
      if (error.name !== "NotAllowedError") throw error; // refused when the battery is low
    }
    if (!wanted) await lock?.release();
  };
  scope.listen(document, "visibilitychange", ask); // the browser drops the lock of a hidden page
  scope.own(() => {
    wanted = false;
    lock?.release();
  });
  ask();
}
