// An answer in words, as `sim/web/wording.py` has it: sentences that carry the result, and rows of a table.

import { fixed, number, say } from "./common.js";

const text = say;

export function sentences(found, guess) {
  const settled = found.rows[0];
  const said = [difference(settled), text("answer.turned", { saved: number(found.saved), lost: number(found.lost) })];
  if (guess !== null) said.unshift(guessed(guess, 100 * settled.b));
  return [...said, text("answer.paired", { n: number(found.replications) })];
}

function difference(row) {
  const low = 100 * row.low, high = 100 * row.high;
  const names = { a: number(100 * row.a, 1), b: number(100 * row.b, 1), points: number(Math.abs(100 * row.difference), 1) };
  if (low === 0 && high === 0) return text("answer.same", names);
  if (low <= 0 && high >= 0) return text("answer.unclear", { ...names, low: number(low, 1), high: number(high, 1) });
  const ends = [Math.abs(low), Math.abs(high)].sort((one, other) => one - other);
  return text(low > 0 ? "answer.more" : "answer.fewer", { ...names, low: number(ends[0], 1), high: number(ends[1], 1) });
}

function guessed(guess, true_) {
  const off = Math.abs(guess - true_);
  const key = off <= 3 ? "answer.close" : guess > true_ ? "answer.above" : "answer.below";
  return text(key, { guess, true: number(true_, 1), off: number(off, 1) });
}

export function line(found) {
  const { scale: factor, places } = found, key = `measure.${found.name}`, name = text(key, { of: found.of });
  const plain = (value) => (value === null ? "–" : number(factor * value, places));
  const signed = (value) => (value !== null && rounded(factor * value, places) > 0 ? `+${plain(value)}` : plain(value));
  const unknown = found.low === null || found.high === null;
  return {
    name: name === key ? found.label : name,
    a: plain(found.a),
    b: plain(found.b),
    difference: signed(found.difference),
    interval: unknown ? "–" : text("answer.interval", { low: signed(found.low), high: signed(found.high) }),
  };
}

const rounded = (value, places) => Number(fixed(value, places));
