// A microphone that says what a test wants, when it wants it: `speakIntoMicrophone(base64, rateHz)` of
// signed 16-bit samples, which resolves when it was said. Silence otherwise.

{
  const context = new AudioContext();
  const microphone = context.createMediaStreamDestination();
  const silence = context.createConstantSource();
  silence.offset.value = 0;
  silence.connect(microphone);
  silence.start();
  navigator.mediaDevices.getUserMedia = async () => {
    await context.resume();
    return microphone.stream.clone();
  };

  globalThis.speakIntoMicrophone = (base64, rateHz) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const pcm = new Int16Array(bytes.buffer);
    const sound = context.createBuffer(1, pcm.length, rateHz);
    sound.copyToChannel(Float32Array.from(pcm, (sample) => sample / 32768), 0);
    const source = context.createBufferSource();
    source.buffer = sound;
    source.connect(microphone);
    source.start();
    return new Promise((said) => {
      source.onended = said;
    });
  };
}
