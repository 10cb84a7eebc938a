// Where a call is to go on: it stands in the page's address. `?branch=SESSION&turn=N` is the line from
// which it is tried again, `?resume=SESSION` a call that was cut off; the server says whether it can be.

import { branchTrouble, serverTrouble } from "./trouble.js";

/** Ask about the line in the address; gives the message for `reduce`, or `null` when there is none. */
export async function askForBranch({ search } = location) {
  const wanted = new URLSearchParams(search);
  const [again, turn, resume] = [wanted.get("branch"), wanted.get("turn") ?? "", wanted.get("resume")];
  const session = resume ?? again;
  if (!session) return null;
  if (!resume && !/^\d+$/u.test(turn))
    return refused("The address does not say which turn: it ends in turn= and a number.");
  const where = resume ? "cut-off" : `branch/${turn}`;
  try {
    const answer = await fetch(`/api/sessions/${encodeURIComponent(session)}/${where}`);
    if (answer.ok) return { type: "branch", branch: { ...(await answer.json()), resume: resume ?? "" } };
    const isOurs = answer.headers.get("content-type") === "application/json";
    return refused(isOurs ? (await answer.json()).text : `There is no session ${session}.`);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    return { type: "trouble", trouble: serverTrouble() };
  }
}

const refused = (text) => ({ type: "trouble", trouble: branchTrouble(text) });
