// The line from which a call is to be tried again: it stands in the page's address as
// `?branch=SESSION&turn=N`, and the server says whether it can be taken up there.

import { branchTrouble, serverTrouble } from "./trouble.js";

/** Ask about the line in the address; gives the message for `reduce`, or `null` when there is none. */
export async function askForBranch({ search } = location) {
  const wanted = new URLSearchParams(search);
  const [session, turn] = [wanted.get("branch"), wanted.get("turn") ?? ""];
  if (!session) return null;
  if (!/^\d+$/u.test(turn)) return refused("The address does not say which turn: it ends in turn= and a number.");
  try {
    const answer = await fetch(`/api/sessions/${encodeURIComponent(session)}/branch/${turn}`);
    if (answer.ok) return { type: "branch", branch: await answer.json() };
    const isOurs = answer.headers.get("content-type") === "application/json";
    return refused(isOurs ? (await answer.json()).text : `There is no session ${session}.`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    return { type: "trouble", trouble: serverTrouble() };
  }
}

const refused = (text) => ({ type: "trouble", trouble: branchTrouble(text) });
