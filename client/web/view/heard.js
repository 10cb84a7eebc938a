// How much of a reply has been heard: words appear as they are heard, so that nobody reads ahead.

const CHARACTERS_PER_SECOND = 14; // of a calm voice: how far a reply is while its length is unknown
const READ_AHEAD = 0.04; // a share of the reply: a word is shown as it begins, not when it is over

/**
 * Gives a function that tells the share of a reply, from 0 to 1, that was heard; `heardSeconds()` tells
 * how far the voice is. What was shown stays shown, also when the sound is over before the turn settles.
 */
export function createHeard(heardSeconds) {
  let key = null;
  let shown = 0;
  return (reply) => {
    if (reply.key !== key) [key, shown] = [reply.key, 0];
    if (reply.samples === 0) return 1;
    const length = reply.samples
      ? reply.samples / reply.rateHz
      : reply.text.length / CHARACTERS_PER_SECOND;
    const share = (heardSeconds() ?? 0) / length;
    shown = Math.min(1, Math.max(shown, share > 0 ? share + READ_AHEAD : 0));
    return shown;
  };
}
