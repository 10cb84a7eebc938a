// The loudest sample of every stretch of a track, at any zoom, without looking at all of it. Pure.

const FACTOR = 4;

/** Levels over the peaks that the server gives: each tells the loudest of four of the one below. */
export function pyramid(bytes) {
  const levels = [bytes];
  while (levels.at(-1).length > 512) {
    const below = levels.at(-1);
    const above = new Uint8Array(Math.ceil(below.length / FACTOR));
    for (let index = 0; index < below.length; index += 1) {
      const place = (index / FACTOR) | 0;
      if (below[index] > above[place]) above[place] = below[index];
    }
    levels.push(above);
  }
  return levels;
}

const MOST_GAIN = 3; // more would make a picture of the noise in a room where nobody speaks

/** How much higher a track is drawn than it is, so that its loudest moment fills its lane. */
export function gainOf(levels) {
  const loudest = Math.max(1, ...levels.at(-1)) / 255;
  return Math.min(MOST_GAIN, 1 / loudest);
}

/**
 * Give `count` loudnesses (0 to 1) of equal stretches from `from` to `to` seconds.
 *
 * Where a stretch is longer than a few peaks, a level with fewer is read, so the work is that of the
 * picture and not of the call.
 */
export function loudness(levels, { from, to, count, perSecond }) {
  const each = ((to - from) * perSecond) / count;
  const level = Math.min(levels.length - 1, Math.max(0, Math.floor(Math.log(each) / Math.log(FACTOR))));
  const peaks = levels[level];
  const rate = perSecond / FACTOR ** level;
  const found = new Float32Array(count);
  // Stretches are counted from the beginning of the call: bars must not shimmer while it scrolls.
  const length = (to - from) / count;
  const first = Math.round(from / length);
  for (let index = 0; index < count; index += 1) {
    const start = Math.floor((first + index) * length * rate);
    const end = Math.max(start + 1, Math.floor((first + index + 1) * length * rate));
    let loudest = 0;
    for (let place = Math.max(0, start); place < end && place < peaks.length; place += 1) {
      if (peaks[place] > loudest) loudest = peaks[place];
    }
    found[index] = loudest / 255;
  }
  return found;
}
