// Small pure parts of the page: people, keys, trouble, the meter, the shape of a portrait.

import assert from "node:assert/strict";
import { test } from "node:test";

import { retryDelay } from "../../client/web/connection.js";
import { actionOf } from "../../client/web/keys.js";
import { recall, remember } from "../../client/web/memory.js";
import { firstName, fullName, role } from "../../client/web/people.js";
import { browserTrouble, microphoneTrouble } from "../../client/web/trouble.js";
import { newsOfCall } from "../../client/web/view/banner.js";
import { shareOf } from "../../client/web/view/meter.js";
import { contourPath, shapeOf } from "../../client/web/view/shape.js";
import { initialState } from "../../client/web/state.js";

test("a person is taken apart into name and role", () => {
  const person = "Ada Lund, head of purchasing (north)";
  assert.deepEqual(
    [fullName(person), firstName(person), role(person)],
    ["Ada Lund", "Ada", "head of purchasing (north)"],
  );
  assert.deepEqual([firstName("A new caller in each round"), firstName("Anna Lund")], ["They", "Anna"]);
  assert.deepEqual([firstName(""), role("Ada"), role("Ada (buyer)")], ["They", "", "buyer"]);
});

test("Space mutes, except where it presses a button", () => {
  const on = (tag) => ({ closest: (selector) => selector.split(", ").includes(tag) });
  assert.equal(actionOf({ key: " ", target: on("section") }), "mute");
  assert.equal(actionOf({ key: " ", target: on("button") }), null);
  assert.equal(actionOf({ key: "Escape", target: on("button") }), "end");
  assert.equal(actionOf({ key: "Escape", target: on("dialog") }), null);
  assert.equal(actionOf({ key: "c", target: on("section") }), "cues");
  assert.equal(actionOf({ key: "c", target: on("select") }), null, "it chooses by its first letter");
  assert.equal(actionOf({ key: "L", target: on("section") }), "latency");
  assert.equal(actionOf({ key: "l", target: on("section"), ctrlKey: true }), null);
});

test("each retry waits longer, never for ever, and not all at once", () => {
  const delays = [0, 1, 2, 3, 10].map((attempt) => retryDelay(attempt, () => 0.5));
  assert.deepEqual(delays, [250, 500, 1000, 2000, 5000]);
  assert.ok(retryDelay(3, () => 0) < retryDelay(3, () => 1));
});

test("a refused microphone says what to do", () => {
  assert.match(microphoneTrouble("NotAllowedError").next, /site settings/u);
  assert.match(microphoneTrouble("NotFoundError").next, /Plug one in/u);
  assert.match(microphoneTrouble("OddError").next, /OddError/u);
});

test("a browser is told by name what it lacks", () => {
  const whole = {
    isSecureContext: true,
    WebSocket: class {},
    AudioWorkletNode: class {},
    navigator: { mediaDevices: { getUserMedia() {} } },
    location: { hostname: "table.local" },
  };
  assert.equal(browserTrouble(whole), null);
  assert.match(browserTrouble({ ...whole, AudioWorkletNode: undefined }).title, /AudioWorklet/u);
  assert.match(browserTrouble({ ...whole, navigator: {} }).title, /getUserMedia/u);
  assert.match(browserTrouble({ ...whole, isSecureContext: false }).next, /https/u);
});

test("the banner tells trouble first, then a broken line, then the server's news", () => {
  const notice = { code: "slow", title: "Partials are off.", next: "" };
  const broken = { ...initialState, link: "reconnecting", notice };
  assert.equal(newsOfCall(initialState), null);
  assert.equal(newsOfCall({ ...initialState, notice }), notice);
  assert.equal(newsOfCall(broken).code, "reconnecting");
  assert.equal(newsOfCall({ ...broken, trouble: notice }), notice);
});

test("the meter is empty in silence, full when loud, and grows between", () => {
  assert.deepEqual([shareOf(0), shareOf(0.0001), shareOf(1)], [0, 0, 1]);
  assert.ok(shareOf(0.02) < shareOf(0.1));
});

test("a name always gives the same portrait, another name another one", () => {
  const draw = (name) =>
    shapeOf(name)
      .contours.map((contour) => contourPath(contour, 0))
      .join();
  assert.equal(draw("Ada Lund"), draw("Ada Lund"));
  assert.notEqual(draw("Ada Lund"), draw("Ida Lund"));
  assert.ok(!draw("Ada Lund").includes("NaN"));
});

test("a choice is remembered, and a browser that keeps nothing is no trouble", () => {
  const kept = new Map();
  const storage = () => ({ getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v) });
  assert.equal(recall("cues", true, storage), true);
  remember("cues", false, storage);
  assert.equal(recall("cues", true, storage), false);
  kept.set("voice_coach.cues", "not JSON");
  assert.equal(recall("cues", true, storage), true);
  const forbidden = () => {
    throw new DOMException("Storage is forbidden.", "SecurityError");
  };
  remember("cues", false, forbidden);
  assert.equal(recall("cues", true, forbidden), true);
});
