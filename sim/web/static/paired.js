// Differences between pairs of histories, as `sim/statistics/paired.py` has them, from what a file keeps: bits and bytes.

const Z = 1.959963984540054, HALVINGS = 60, NO_NUMBER = 255;

// Bits, one a history: Tango's score interval (1998) of the difference, and which histories turned.
export function share(before, after, n) {
  let saved = 0, lost = 0;
  for (let at = 0; at < before.length; at += 1) {
    saved += ones(after[at] & ~before[at]);
    lost += ones(before[at] & ~after[at]);
  }
  return { difference: (saved - lost) / n, low: lowest(saved, lost, n), high: -lowest(lost, saved, n), saved, lost };
}

export function ones(byte) {
  let count = 0;
  for (let rest = byte; rest; rest &= rest - 1) count += 1;
  return count;
}

function lowest(saved, lost, n) {
  let low = -1, high = (saved - lost) / n;
  for (let turn = 0; turn < HALVINGS; turn += 1) {
    const d = (low + high) / 2, b = (2 * n - saved + lost) * d - saved - lost;
    const q = (Math.sqrt(Math.max(b * b + 8 * n * lost * d * (1 - d), 0)) - b) / (4 * n);
    const variance = n * (2 * q + d * (1 - d));
    if (saved - lost - n * d > Z * Math.sqrt(Math.max(variance, 0))) low = d;
    else high = d;
  }
  return high;
}

// Bytes, one a history, `step` apart: the paired t interval over pairs in which both are numbers. Where all differ alike,
// pairs that were not seen (Tango's end at 0 of n) may differ by as much as the numbers seen lie apart.
export function mean(before, after, step) {
  const pairs = [];
  for (let at = 0; at < before.length; at += 1) {
    if (before[at] !== NO_NUMBER && after[at] !== NO_NUMBER) pairs.push([before[at] * step, after[at] * step]);
  }
  const n = pairs.length, nothing = { difference: null, low: null, high: null };
  if (!n) return nothing;
  const changes = pairs.map(([one, other]) => other - one);
  const difference = changes.reduce((sum, each) => sum + each, 0) / n;
  const spread = changes.reduce((sum, each) => sum + (each - difference) ** 2, 0) / (n - 1);
  const apart = range(pairs.flat());
  const half = range(changes) > 1e-12 * apart ? t(n - 1) * Math.sqrt(spread / n) : (apart * Z * Z) / (n + Z * Z);
  return n > 1 && half > 0 ? { difference, low: difference - half, high: difference + half } : { ...nothing, difference };
}

const most = (numbers) => numbers.reduce((one, other) => Math.max(one, other));
const range = (numbers) => most(numbers) + most(numbers.map((each) => -each));

// The 97.5 % point of Student's t: Fisher's expansion (Abramowitz and Stegun 26.7.5).
function t(df) {
  const terms = [(Z ** 3 + Z) / 4, (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96, (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384];
  return terms.reduce((sum, each, n) => sum + each / df ** (n + 1), Z);
}
