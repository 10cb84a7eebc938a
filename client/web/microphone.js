// The trainee's microphone: the browser's echo cancellation on, 16 kHz mono frames of 20 ms out.

import { microphoneTrouble } from "./trouble.js";

const CONSTRAINTS = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 },
};

/** Thrown when the microphone cannot be used; `trouble` says why and what to do, in words. */
export class MicrophoneError extends Error {
  constructor(trouble) {
    super(trouble.title);
    this.name = "MicrophoneError";
    this.trouble = trouble;
  }
}

/**
 * Open the microphone in an audio context.
 *
 * `on.frame({ samples: Int16Array, level: 0..1 })` is called for each 20 ms, `on.lost(trouble)` when
 * the device goes away. Rejects with `MicrophoneError`.
 */
export async function openMicrophone({ context, scope, on }) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
  } catch (error) {
    throw new MicrophoneError(microphoneTrouble(error.name));
  }
  const tracks = stream.getTracks();
  scope.own(() => tracks.forEach((track) => track.stop()));
  await context.audioWorklet.addModule(new URL("./microphone-worklet.js", import.meta.url));
  const source = context.createMediaStreamSource(stream);
  const worklet = new AudioWorkletNode(context, "microphone", { numberOfOutputs: 0 });
  worklet.port.onmessage = ({ data }) => on.frame(data);
  source.connect(worklet);
  scope.own(() => {
    worklet.port.onmessage = null;
    source.disconnect();
  });
  for (const track of tracks) {
    scope.listen(track, "ended", () => on.lost(microphoneTrouble("ended")));
  }
}
