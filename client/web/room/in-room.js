// Whether a page sits in a training room, or on the machine of one person.

/**
 * Say whether this page sits in a training room. Only a room is served over https; the server of one person
 * is asked nothing, because it would have to answer that there is no such address.
 */
export async function inRoom(view = window) {
  if (view.location.protocol !== "https:") return false;
  try {
    return (await fetch("/room/info")).ok;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch rejects with TypeError when nobody answers
    return false;
  }
}
