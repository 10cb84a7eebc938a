"""A sign of listening sounds in real Chromium, beside everything else, and is reported to nobody."""

import pytest
from browser_tools import browser_with, open_page

pytestmark = pytest.mark.browser

PLAY = """
async () => {
  const { Playback } = await import("/web/playback.js");
  const { Scope } = await import("/web/scope.js");
  const context = new AudioContext();
  await context.resume();
  const reports = [];
  const on = { started: (reply) => reports.push(reply), ended: (reply) => reports.push(reply) };
  const playback = await Playback.open({ context, scope: new Scope(), on });
  const rateHz = 22050;
  const frame = new ArrayBuffer(16 + 2 * rateHz);
  const view = new DataView(frame);
  view.setUint8(0, 3);
  view.setUint8(1, 1);
  view.setUint32(4, rateHz, true);
  for (let index = 0; index < rateHz; index += 1)
    view.setInt16(16 + 2 * index, 12000 * Math.sin(index / 10), true);
  playback.frame(frame);
  let peak = 0;
  for (let look = 0; look < 40 && peak < 0.1; look += 1) {
    await new Promise((done) => setTimeout(done, 25));
    peak = Math.max(peak, playback.level());
  }
  return { peak, reports };
}
"""


def test_a_murmur_is_heard_and_not_reported(serve: str) -> None:
    with browser_with("--autoplay-policy=no-user-gesture-required") as browser:
        page, troubles = open_page(browser.new_context(), serve)
        heard = page.evaluate(PLAY)
        assert heard["peak"] > 0.1
        assert heard["reports"] == []
        assert not troubles
