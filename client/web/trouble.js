// Trouble in words: what is wrong, and what to do next. No other module makes up such sentences.

const MICROPHONE = {
  NotAllowedError: {
    title: "The browser was not allowed to use the microphone.",
    next: "Open the site settings beside the address, allow the microphone, then press “Try again”.",
  },
  NotFoundError: {
    title: "No microphone was found.",
    next: "Plug one in or switch it on, then press “Try again”. Without one, run “voice-coach demo” in a terminal.",
  },
  NotReadableError: {
    title: "The microphone is there, but another program keeps it.",
    next: "Close the program that uses it, then press “Try again”.",
  },
  ended: {
    title: "The microphone went away.",
    next: "Plug it in again, then press “Try again”. The call goes on meanwhile.",
  },
};

/** Trouble for the name of an error of `getUserMedia`, or `ended` for a device that was unplugged. */
export function microphoneTrouble(name) {
  const known = MICROPHONE[name === "SecurityError" ? "NotAllowedError" : name];
  const fallback = {
    title: "The microphone could not be opened.",
    next: `Try another microphone, or another browser. The browser calls it ${name}.`,
  };
  return { code: `microphone-${name}`, ...(known ?? fallback) };
}

/** Trouble when the server does not answer a plain request. */
export const serverTrouble = () => ({
  code: "server-gone",
  title: "The voice_coach server does not answer.",
  next: "Look whether “voice-coach” still runs in its terminal; this page asks again by itself.",
});

/** Trouble when a call cannot be closed properly. */
export const unfinishedTrouble = () => ({
  code: "no-debrief",
  title: "The server has not closed the call.",
  next: "What was said is kept on it: find it later with “voice-coach sessions”.",
});

/** Trouble when a line that was asked for cannot be taken up again; `text` is the server's sentence. */
export const branchTrouble = (text) => ({
  code: "branch-refused",
  title: "The call cannot be taken up there.",
  next: text,
});

/** What this browser lacks, by name, as one trouble; `null` when it has everything. */
export function browserTrouble(view = window) {
  if (!view.isSecureContext) {
    return {
      code: "insecure",
      title: "The browser gives a microphone only to pages over https or from this machine.",
      next: `Open the address that begins with https, or use http://localhost instead of ${view.location.hostname}.`,
    };
  }
  const needed = {
    WebSocket: view.WebSocket,
    AudioWorklet: view.AudioWorkletNode,
    "microphone access (getUserMedia)": view.navigator.mediaDevices?.getUserMedia,
  };
  const lacking = Object.keys(needed).filter((name) => !needed[name]);
  if (!lacking.length) return null;
  return {
    code: "browser",
    title: `This browser lacks ${lacking.join(" and ")}.`,
    next: "Open this page in a current Chrome, Edge, Firefox or Safari.",
  };
}

/** Trouble when the server answers a request of the review page with a refusal. */
export function askedTrouble({ status, code = `status-${status}`, text = "" }) {
  if (code === "unknown-session" || code === "status-404") {
    return {
      code: "unknown-session",
      title: "There is no such call on this machine.",
      next: "It may have been deleted, or the address may be mistyped: look for it in the list of calls.",
    };
  }
  const next = status >= 500 ? "Try again; if it stays so, the server's terminal says more." : "";
  return { code, title: text || `The server answered with error ${status}.`, next };
}

/** Trouble when a track that was kept does not play. */
export const soundTrouble = () => ({
  code: "no-sound",
  title: "The sound of this call could not be played.",
  next: "Look whether the server still runs; if the file was moved or damaged, the text stays readable.",
});
