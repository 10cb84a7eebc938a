// Evaluated in the page by the tests: records what each media element really gives out, as samples.
(() => {
  const context = new AudioContext();
  const taps = [...document.querySelectorAll("audio")].map((audio) => {
    const source = context.createMediaStreamSource(audio.captureStream());
    // Worklets of another origin are forbidden by the page's own policy; this old node needs no file.
    const tap = context.createScriptProcessor(1024, 1, 1);
    const pieces = [];
    tap.onaudioprocess = ({ inputBuffer }) => pieces.push(inputBuffer.getChannelData(0).slice());
    source.connect(tap).connect(context.destination);
    return { side: audio.dataset.side, pieces };
  });
  window.startCapture = async () => {
    await context.resume();
    for (const { pieces } of taps) pieces.length = 0;
  };
  const packed = async (pieces) => {
    const url = await new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.readAsDataURL(new Blob(pieces));
    });
    return url.slice(url.indexOf(",") + 1);
  };
  window.stopCapture = async () => {
    const sound = {};
    for (const { side, pieces } of taps) sound[side] = await packed([...pieces]);
    return { rate: context.sampleRate, sound };
  };
})();
