// Sound without a sound card: frames of the wire, the uplink, the resampler and the player's worklet.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Resampler } from "../../client/web/resampler.js";
import { Uplink } from "../../client/web/uplink.js";
import { decodeVoice, encodeMicrophone } from "../../client/web/wire.js";

const sine = (hz, rateHz, seconds) =>
  Float32Array.from({ length: Math.round(rateHz * seconds) }, (_, index) =>
    Math.sin((2 * Math.PI * hz * index) / rateHz),
  );
const loudness = (samples) =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
const chunks = function* (samples, length) {
  for (let start = 0; start < samples.length; start += length)
    yield samples.subarray(start, start + length);
};
const resample = (samples, from, to, length) => {
  const resampler = new Resampler(from, to);
  const output = [];
  for (const chunk of chunks(samples, length)) output.push(...resampler.process(chunk));
  return Float32Array.from([...output, ...resampler.flush()]);
};

test("a microphone frame has the header of the wire", () => {
  const frame = encodeMicrophone(Int16Array.of(1, -2), 2 ** 33 + 5);
  assert.equal(
    Buffer.from(frame).toString("hex"),
    "01010000" + "00000000" + "0500000002000000" + "0100" + "feff",
  );
});

test("a voice frame is read, and anything else is refused", () => {
  const frame = Buffer.from("02010000" + "07000000" + "e803000000000000" + "0040" + "0080", "hex");
  const read = decodeVoice(new Uint8Array(frame).buffer);
  assert.deepEqual([read.reply, read.offset, [...read.samples]], [7, 1000, [0.5, -1]]);
  assert.throws(() => decodeVoice(encodeMicrophone(Int16Array.of(1), 0)), RangeError);
  assert.throws(() => decodeVoice(new ArrayBuffer(16)), RangeError);
});

test("a sign of listening is a frame of its own kind, with its rate", () => {
  const frame = Buffer.from("03010000" + "22560000" + "0000000000000000" + "0040", "hex");
  const read = decodeVoice(new Uint8Array(frame).buffer);
  assert.deepEqual([read.murmurHz, read.reply, [...read.samples]], [22050, undefined, [0.5]]);
});

for (const [from, to] of [
  [48000, 16000],
  [44100, 16000],
  [22050, 48000],
  [16000, 16000],
]) {
  test(`${from} to ${to} Hz keeps length and tone, however it is cut`, () => {
    const samples = sine(440, from, 0.5);
    const whole = resample(samples, from, to, samples.length);
    assert.ok(Math.abs(whole.length - to * 0.5) <= 1, `${whole.length} samples`);
    assert.deepEqual(resample(samples, from, to, 128), whole);
    const middle = (array) => array.subarray(array.length / 4, (array.length * 3) / 4);
    const expected = middle(sine(440, to, 0.5));
    const error = loudness(middle(whole).map((sample, index) => sample - expected[index]));
    assert.ok(error < 0.002, `error ${error}`);
  });
}

test("what 16 kHz cannot hold is taken out, not folded down", () => {
  const folded = resample(sine(11000, 48000, 0.5), 48000, 16000, 128);
  assert.ok(loudness(folded.subarray(200, -200)) < 0.001);
});

test("the uplink gives each sample once, in frames of 20 ms", () => {
  const uplink = new Uplink();
  uplink.push(new Int16Array(320).fill(1));
  uplink.push(new Int16Array(320).fill(2));
  const [first, ...rest] = [...uplink.take()];
  assert.deepEqual([first.offset, first.samples.length, first.samples[320]], [0, 640, 2]);
  assert.deepEqual(rest, []);
  uplink.push(new Int16Array(320).fill(3));
  assert.deepEqual(
    [...uplink.take()].map(({ offset }) => offset),
    [640],
  );
});

test("after a resume the uplink goes on from the sample the server asks for", () => {
  const uplink = new Uplink();
  for (let frame = 0; frame < 100; frame += 1) uplink.push(new Int16Array(320).fill(frame));
  assert.equal([...uplink.take()].at(-1).offset > 0, true);
  uplink.resume(500);
  const pieces = [...uplink.take()];
  assert.equal(pieces[0].offset, 500);
  assert.equal(pieces[0].samples[0], 1);
  assert.equal(
    pieces.reduce((sum, { samples }) => sum + samples.length, 0),
    32000 - 500,
  );
  assert.ok(
    pieces.every(({ samples }) => samples.length <= 8000),
    "a backlog goes out in few frames",
  );
});

test("what is too old to be kept goes out as silence, so that the count stays true", () => {
  const uplink = new Uplink();
  for (let second = 0; second < 100; second += 1) uplink.push(new Int16Array(16000).fill(9));
  const pieces = [...uplink.take()];
  assert.equal(
    pieces.reduce((sum, { samples }) => sum + samples.length, 0),
    1_600_000,
  );
  assert.deepEqual([pieces[0].samples[0], pieces.at(-1).samples[0]], [0, 9]);
});

// ---- the player's worklet, in a stand-in for the audio thread

const CONTEXT_HZ = 48000;
let Player = null;
globalThis.sampleRate = CONTEXT_HZ;
globalThis.currentTime = 0;
globalThis.registerProcessor = (_, processor) => {
  Player = processor;
};
globalThis.AudioWorkletProcessor = class {
  port = { sent: [], postMessage: (message) => this.port.sent.push(message) };
};
await import("../../client/web/playback-worklet.js");

function render(player, blocks) {
  const sound = [];
  for (let block = 0; block < blocks; block += 1) {
    const output = new Float32Array(128);
    player.process([], [[output]]);
    sound.push(...output);
    globalThis.currentTime += 128 / CONTEXT_HZ;
  }
  return Float32Array.from(sound);
}

const tell = (player, message) => player.port.onmessage({ data: message });

test("a reply that arrives in pieces is played without a gap and counted to the sample", () => {
  const player = new Player();
  const reply = sine(300, 22050, 0.5);
  tell(player, { type: "begin", reply: 1, rateHz: 22050 });
  let offset = 0;
  const heard = [];
  for (const samples of chunks(reply, 1000)) {
    tell(player, { type: "samples", reply: 1, offset, samples });
    offset += samples.length;
    heard.push(...render(player, 10));
  }
  tell(player, { type: "finish", reply: 1, samples: reply.length });
  heard.push(...render(player, 200));
  const { sent } = player.port;
  assert.deepEqual(
    sent.map(({ type }) => type),
    ["started", "ended"],
  );
  assert.deepEqual([sent[1].samples, sent[1].complete], [reply.length, true]);
  const first = heard.findIndex((sample) => sample !== 0);
  const played = Float32Array.from(heard.slice(first, first + 20000));
  const steps = played.slice(1).map((sample, index) => Math.abs(sample - played[index]));
  assert.ok(Math.max(...steps) < 0.05, "a gap would be a jump");
});

test("samples that the server repeats after a resume are played once", () => {
  const player = new Player();
  const reply = sine(300, 16000, 0.2);
  tell(player, { type: "begin", reply: 1, rateHz: 16000 });
  tell(player, { type: "samples", reply: 1, offset: 0, samples: reply.slice(0, 2000) });
  tell(player, { type: "samples", reply: 1, offset: 1000, samples: reply.slice(1000) });
  tell(player, { type: "finish", reply: 1, samples: reply.length });
  const heard = render(player, 200).filter((sample) => sample !== 0).length;
  assert.ok(Math.abs(heard - 0.2 * CONTEXT_HZ) < 150, `${heard} samples`);
});

test("a stop is silent within 50 ms and tells what was heard", () => {
  const player = new Player();
  tell(player, { type: "begin", reply: 3, rateHz: 16000 });
  tell(player, { type: "samples", reply: 3, offset: 0, samples: sine(300, 16000, 2) });
  render(player, 100);
  tell(player, { type: "stop", reply: 3 });
  const after = render(player, 40);
  const lastSound = after.findLastIndex((sample) => sample !== 0);
  assert.ok(lastSound < 0.05 * CONTEXT_HZ, `${lastSound} samples of sound after the stop`);
  const ended = player.port.sent.at(-1);
  assert.deepEqual([ended.type, ended.complete], ["ended", false]);
  assert.ok(Math.abs(ended.samples - (100 * 128 + lastSound) / 3) < 10, `${ended.samples}`);
});

test("a reply that is stopped before its first sound was not heard at all", () => {
  const player = new Player();
  tell(player, { type: "begin", reply: 4, rateHz: 16000 });
  tell(player, { type: "stop", reply: 4 });
  render(player, 1);
  const [ended] = player.port.sent;
  assert.deepEqual([ended.type, ended.samples, ended.complete], ["ended", 0, false]);
});

test("a reply that is held is silent within 50 ms and goes on with the sample it was held at", () => {
  const player = new Player();
  const reply = sine(300, 16000, 1);
  tell(player, { type: "begin", reply: 5, rateHz: 16000 });
  tell(player, { type: "samples", reply: 5, offset: 0, samples: reply });
  tell(player, { type: "finish", reply: 5, samples: reply.length });
  const before = render(player, 100);
  tell(player, { type: "pause", reply: 5 });
  const held = render(player, 200);
  const lastSound = held.findLastIndex((sample) => sample !== 0);
  assert.ok(lastSound < 0.05 * CONTEXT_HZ, `${lastSound} samples of sound after the pause`);
  tell(player, { type: "resume", reply: 5 });
  const after = render(player, 400);
  const heard = [before, held, after].map((part) => part.filter((sample) => sample !== 0).length);
  const total = heard.reduce((sum, length) => sum + length);
  assert.ok(Math.abs(total - CONTEXT_HZ) < 500, `${total} samples of a second were heard`);
  const ended = player.port.sent.at(-1);
  assert.deepEqual([ended.type, ended.samples, ended.complete], ["ended", reply.length, true]);
});

test("a held reply that is stopped tells what was heard before it was held", () => {
  const player = new Player();
  tell(player, { type: "begin", reply: 6, rateHz: 16000 });
  tell(player, { type: "samples", reply: 6, offset: 0, samples: sine(300, 16000, 2) });
  render(player, 100);
  tell(player, { type: "pause", reply: 6 });
  render(player, 100);
  tell(player, { type: "stop", reply: 6 });
  assert.equal(render(player, 10).findIndex((sample) => sample !== 0), -1);
  const ended = player.port.sent.at(-1);
  assert.deepEqual([ended.type, ended.complete], ["ended", false]);
  const fade = 0.02 * 16000;
  assert.ok(Math.abs(ended.samples - (100 * 128) / 3 - fade) < 10, `${ended.samples}`);
});
