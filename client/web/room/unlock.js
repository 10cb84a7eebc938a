// The way in for the trainer: the secret comes in the fragment of the address that the terminal printed, or
// is typed; the server gives a cookie for it, which no script can read.

import { setText } from "../view/element.js";

/** Resolves once this browser is the trainer's. */
export async function enter({ byId, scope }) {
  const secret = decodeURIComponent(location.hash.replace(/^#(secret=)?/u, ""));
  if (secret) history.replaceState(null, "", location.pathname); // nobody who looks at the screen should read it
  const refusal = secret ? await exchange(secret) : "";
  if (secret && !refusal) return;
  if (!secret && (await isTrainer())) return;
  await ask({ byId, scope, refusal });
}

const isTrainer = async () => (await fetch("/room/qr.svg", { method: "HEAD" }).catch(() => null))?.ok ?? false;

// Gives an empty text, or the server's refusal in words.
async function exchange(secret) {
  let answer;
  try {
    answer = await fetch("/room/trainer", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ secret }),
    });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    return "The room does not answer. Look whether “voice-coach room” still runs in its terminal.";
  }
  if (answer.ok) return "";
  const refusal = await answer.json().catch(() => null);
  return refusal?.text ?? `The room refused this (${answer.status}).`;
}

function ask({ byId, scope, refusal }) {
  byId("unlock").hidden = false;
  setText(byId("unlock-error"), refusal);
  byId("secret").focus();
  return new Promise((entered) => {
    const stop = scope.listen(byId("unlock-form"), "submit", async (event) => {
      event.preventDefault();
      const secret = byId("secret").value.trim();
      const again = secret ? await exchange(secret) : "Paste the secret that the terminal printed.";
      setText(byId("unlock-error"), again);
      byId("secret").setAttribute("aria-invalid", String(again !== ""));
      if (again) return;
      stop();
      byId("unlock").hidden = true;
      entered();
    });
  });
}
