// What joining needs that is pure: the code out of the address, mistakes before asking, where an answer belongs.

const LONGEST = 64;

/** Take the code out of the fragment that the QR code carries: `#amber-otter` or `#code=amber-otter`. */
export function codeIn(hash) {
  const fragment = hash.replace(/^#/u, "");
  const named = new URLSearchParams(fragment).get("code");
  if (named !== null) return named.slice(0, LONGEST);
  try {
    return decodeURIComponent(fragment).slice(0, LONGEST);
  } catch {
    return ""; // not an address of ours
  }
}

/** Give what is missing, `{ field, text }`, or `null`. */
export function mistakeIn({ code, name }) {
  if (!code) return { field: "code", text: "Type the code that stands on the projector." };
  if (!name) return { field: "name", text: "Give your table a name, so that your trainer knows who you are." };
  return null;
}

/** Give the field that a refusal is about; empty for the form as a whole. */
export const fieldOf = (code) =>
  ({ "wrong-code": "code", "name-taken": "name", "bad-name": "name", "too-many-tries": "code" })[code] ?? "";

/** Seconds to wait, from the answer's header; a sensible time where there is none. */
export function waitSeconds(header) {
  const seconds = Math.ceil(Number(header));
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, 600) : 10;
}
