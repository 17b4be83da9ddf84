// What the server would answer, from what this file keeps: a grid of runs, and some histories.

import { say } from "./common.js";
import { mean, ones, share } from "./paired.js";
import { line, sentences } from "./wording.js";

const kept = JSON.parse(document.getElementById("kept").textContent);
const { replications, measures } = kept.grid, BITS = Math.ceil(replications / 8);
const LENGTH = { share: BITS, mean: replications, median: 0 };
const DIFFERENCE = {
  share: (a, b) => share(a, b, replications),
  mean: (a, b, { step }) => mean(a, b, step),
  median: () => ({ low: null, high: null }),
};
const ANSWERS = {
  "/explore/answer": (asked) => (asked.has("b") ? ofLesson(asked) : beside(asked)),
  "/explore/reference": (asked) => ({ settled: asked.get("scenario") ? settledOf(asked.get("scenario")) : chosen(asked, "a").values[0] }),
  "/watch/history": (asked) => kept.histories[asked.get("replication")],
};

const bytes = (text) => Uint8Array.from(atob(text), (each) => each.charCodeAt(0));

export const address = (query) => `#explore?${query}`;

// The file's own scenario has no name; those of the lessons have.
export async function post(path, { scenario, guess, ...state }) {
  const named = scenario ? { scenario } : {};
  return path === "/explore/ask" ? { query: new URLSearchParams({ ...named, ...state, guess }).toString() } : null;
}

export async function get(path) {
  const [place, query] = path.split("?");
  return { ...ANSWERS[place](new URLSearchParams(query)), status: 200 };
}

// ---- A beside B ----

function beside(asked) {
  const a = chosen(asked, "a"), b = chosen(asked, "b"), guess = Number(asked.get("guess"));
  const found = { replications, ...compared(a, b) };
  return {
    replications,
    whole: true,
    sentences: sentences(found, guess),
    table: found.rows.map(line),
    curve: { weeks: kept.grid.weeks, dates: kept.grid.dates, a: percent(a), b: percent(b) },
    settled: found.rows[0],
    guess,
  };
}

// The run of a side's choices: the dials one after the other, the freeze last and fastest.
function chosen(asked, side) {
  let place = 0;
  for (const { name, levels, own } of kept.grid.dials) {
    place = place * levels.length + levels.indexOf(Number(asked.get(`${side}.${name}`) ?? own));
  }
  const freeze = ["freeze", "freeze.start", "freeze.weeks"].map((key) => asked.get(`${side}.${key}`)).filter((each) => each !== null);
  const found = kept.grid.freezes.indexOf(freeze.join(" ") || "file");
  const cell = kept.grid.cells[kept.grid.at[place * kept.grid.freezes.length + found]];
  if (found < 0 || !cell) throw new Error(say("failed"));
  return cell;
}

function compared(a, b) {
  const codes = [a, b].map((cell) => bytes(cell.codes));
  let from = 0;
  const rows = measures.map((measure, n) => {
    const parts = codes.map((each) => each.subarray(from, from + LENGTH[measure.kind]));
    from += LENGTH[measure.kind];
    const values = { a: a.values[n], b: b.values[n] };
    return { ...measure, difference: less(values), ...values, ...(a === b ? same(values) : DIFFERENCE[measure.kind](...parts, measure)) };
  });
  return { rows, saved: rows[0].saved ?? 0, lost: rows[0].lost ?? 0 };
}

// ---- two scenarios of a lesson ----

const bits = (stem) => bytes(kept.lessons.settled[stem]);

function settledOf(stem) {
  return bits(stem).reduce((sum, byte) => sum + ones(byte), 0) / replications;
}

function ofLesson(asked) {
  const names = [asked.get("scenario"), asked.get("b")], guess = Number(asked.get("guess"));
  const [a, b] = names.map(settledOf), turned = share(...names.map(bits), replications);
  const settled = names[0] === names[1] ? { a, b, difference: 0, low: 0, high: 0 } : { a, b, ...turned };
  const found = { replications, rows: [settled], saved: turned.saved, lost: turned.lost };
  return { whole: true, sentences: sentences(found, guess), settled, guess };
}

const less = ({ a, b }) => (a === null || b === null ? null : b - a);
const same = ({ a }) => (a === null ? { low: null, high: null } : { low: 0, high: 0 });
const percent = (cell) => cell.settled.map((count) => (100 * count) / replications);
