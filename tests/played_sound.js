// Evaluated in the page by the tests: records what each media element really gives out, with the page's
// own recorder of microphones, in the audio thread: a busy page loses nothing of it.
async () => {
  const context = new AudioContext();
  await context.resume();
  await context.audioWorklet.addModule("/web/microphone-worklet.js");
  const taps = [...document.querySelectorAll("audio")].map((audio) => {
    const source = context.createMediaStreamSource(audio.captureStream());
    const recorder = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
    const frames = [];
    recorder.port.onmessage = ({ data }) => frames.push(data.samples);
    source.connect(recorder);
    return { side: audio.dataset.side, frames };
  });
  const packed = (frames) =>
    new Promise((done) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
      reader.readAsDataURL(new Blob(frames));
    });
  window.startCapture = () => {
    for (const { frames } of taps) frames.length = 0;
  };
  window.stopCapture = async () => {
    const sound = {};
    for (const { side, frames } of taps) sound[side] = await packed([...frames]);
    return sound;
  };
};
