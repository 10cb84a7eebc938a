// What the page asks the server. Every failure is a `Trouble` in words, with the next step.

import { askedTrouble, serverTrouble } from "../trouble.js";

/** A request that came to nothing; `trouble` says it. */
export class Trouble extends Error {
  constructor(trouble) {
    super(trouble.title);
    this.trouble = trouble;
  }
}

async function ask(address, options) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch {
    throw new Trouble(serverTrouble()); // fetch rejects when nobody answers
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  throw new Trouble(askedTrouble({ status: answer.status, ...told }));
}

// The body in pieces, so that a long call shows how far it is.
async function read(answer, progress) {
  const length = Number(answer.headers.get("content-length"));
  if (!length || !answer.body) return new Uint8Array(await answer.arrayBuffer());
  const bytes = new Uint8Array(length);
  let filled = 0;
  const reader = answer.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, filled);
    // A body that was packed on the way is longer than what was announced.
    if (filled + value.length > length) return joined(bytes.subarray(0, filled), value, reader);
    bytes.set(value, filled);
    filled += value.length;
    progress(filled / length);
  }
}

async function joined(start, piece, reader) {
  const pieces = [start, piece];
  for (let next = await reader.read(); !next.done; next = await reader.read()) pieces.push(next.value);
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

/** One session of this server. */
export class Session {
  constructor(id) {
    this.id = id;
    this.address = `/api/sessions/${encodeURIComponent(id)}`;
  }

  /** The whole review; `progress(share)` is called on the way. */
  async review(progress = () => {}) {
    const answer = await ask(`${this.address}/review`);
    return JSON.parse(new TextDecoder().decode(await read(answer, progress)));
  }

  /** Loudness of one side: `{ bytes, perSecond }`. */
  async peaks(side) {
    const answer = await ask(`${this.address}/peaks/${side}`);
    const perSecond = Number(answer.headers.get("x-peaks-per-second")) || 50;
    return { bytes: new Uint8Array(await answer.arrayBuffer()), perSecond };
  }

  /** Keep a note of a reviewer; gives the new review. */
  async note(note) {
    const headers = { "content-type": "application/json" };
    const answer = await ask(`${this.address}/notes`, {
      method: "POST",
      headers,
      body: JSON.stringify(note),
    });
    return answer.json();
  }

  /** Delete the session for good; `branches` says what becomes of its branches: "delete" or "keep". */
  async delete(branches = "") {
    const query = branches ? `?branches=${branches}` : "";
    await ask(`${this.address}${query}`, { method: "DELETE" });
  }

  /** Address of one side's sound. */
  sound(side) {
    return `${this.address}/${side}.flac`;
  }

  /** Address of a download. */
  export(kind, { audio = false } = {}) {
    return `${this.address}/export.${kind}${audio ? "?audio=1" : ""}`;
  }
}

/** The session's id in the page's address: `/review/ID`. */
export const sessionOf = (path) => decodeURIComponent(path.split("/")[2] ?? "");
