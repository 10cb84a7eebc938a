// What these pages ask of the server, and its refusals as one sentence.

/** A refusal in words; `code` is the server's. */
export class Refused extends Error {
  constructor(code, sentence) {
    super(sentence);
    this.code = code;
  }
}

/** Ask for an address; gives the answer's JSON. Throws `Refused` with a sentence for a person. */
export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, options);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    throw new Refused(
      "server-gone",
      "The server does not answer. Start “voice-coach” in a terminal again, then reload this page.",
    );
  }
  if (answer.ok) return answer.status === 204 ? null : await answer.json();
  const refusal = await answer.json().catch(() => null);
  throw new Refused(
    refusal?.code ?? "refused",
    refusal?.text ?? `The server refused this (${answer.status}).`,
  );
}

/** Run `work`; a refusal is shown in `place`, and `null` is given back. */
export async function inWords(place, work) {
  try {
    const result = await work();
    place.hidden = true;
    return result;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    place.textContent = error.message;
    place.hidden = false;
    return null;
  }
}
