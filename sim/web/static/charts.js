// Charts: lines over time by uPlot, dots on a scale as SVG. Colour never stands alone: lines are dashed and labelled.

import { drawn, say, token, number } from "./common.js";

export const SIDE = { a: { colour: token("--a"), dash: [] }, b: { colour: token("--b"), dash: [10, 5] } };

const SANS = () => `15px ${token("--font-sans")}`;
const LABEL = 16; // pixels of names at the lines' ends

// lines: [{label, colour, dash, values}]; seconds: x as dates. Returns the chart; it follows the width of its place.
export function lines(place, seconds, series, top) {
  place.replaceChildren();
  const grid = { stroke: token("--colour-grid"), width: 1 };
  const axis = { stroke: token("--colour-ink"), font: SANS(), grid, ticks: { show: false } };
  const chart = new window.uPlot(
    {
      width: Math.max(place.clientWidth, 200),
      height: Math.min(420, Math.max(260, place.clientWidth * 0.42)),
      cursor: { show: false },
      legend: { show: false },
      padding: [12, 30 + 9 * Math.max(...series.map((each) => each.label.length)), 0, 0],
      scales: { y: { range: [0, top] }, x: { time: true } },
      axes: [{ ...axis, space: 90, values: (_, ticks) => ticks.map(month) }, { ...axis, size: 46 }],
      series: [{}, ...series.map((each) => ({ stroke: each.colour, width: 3, dash: each.dash, points: { show: false } }))],
      hooks: { draw: [(u) => ends(u, series)] },
      tzDate: (seconds) => window.uPlot.tzDate(new Date(seconds * 1000), "UTC"),
    },
    [seconds, ...series.map((each) => each.values)],
    place,
  );
  new ResizeObserver(() => chart.setSize({ width: Math.max(place.clientWidth, 200), height: chart.height })).observe(place);
  return chart;
}

function month(seconds) {
  const date = new Date(seconds * 1000);
  return say(`month.${date.getUTCMonth() + 1}`, { year: String(date.getUTCFullYear()) });
}

// Names at the lines' ends, moved apart where they would meet.
function ends(u, series) {
  const { ctx } = u, ratio = window.devicePixelRatio || 1;
  const found = series.map((each, n) => {
    const values = u.data[n + 1];
    let last = values.length - 1;
    while (last > 0 && values[last] == null) last -= 1;
    return { ...each, x: u.valToPos(u.data[0][last], "x", true), y: u.valToPos(values[last] ?? 0, "y", true) };
  });
  found.sort((one, other) => one.y - other.y);
  for (let n = 1; n < found.length; n += 1) found[n].y = Math.max(found[n].y, found[n - 1].y + (LABEL + 3) * ratio);
  ctx.save();
  ctx.font = `600 ${LABEL * ratio}px ${token("--font-sans")}`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const each of found) {
    ctx.fillStyle = each.colour;
    ctx.fillText(each.label, each.x + 8 * ratio, each.y);
  }
  ctx.restore();
}

const measure = document.createElement("canvas").getContext("2d");

// A name in so many pixels: what does not fit is left out of its middle, since names often differ at their ends.
export function fitted(name, width, size) {
  measure.font = `600 ${size}px ${token("--font-sans")}`;
  const letters = [...name];
  for (let kept = letters.length; kept > 2; kept -= 1) {
    const half = Math.ceil(kept / 2);
    const short = kept === letters.length ? name : `${letters.slice(0, half).join("")}…${letters.slice(letters.length - kept + half).join("")}`;
    if (measure.measureText(short).width <= width) return short;
  }
  return letters[0] ?? "";
}

const EDGE = 24, LOW = 0, HIGH = 100, TICK = 20;

// The scale that holds these scores, which may be below 0, from tick to tick.
export function spanOf(scores) {
  return [TICK * Math.floor(Math.min(0, ...scores) / TICK), TICK * Math.ceil(Math.max(TICK, ...scores) / TICK)];
}

// An empty scale, from 0 to 100 unless it says otherwise, as wide as its place, so that its words are as large as all others;
// on a wall they grow with it (`data-wide`).
export function scaleOf(place, height, label, [low, high] = [LOW, HIGH]) {
  const wide = Number(place.dataset.wide) || Math.max(place.clientWidth, 240), axis = token("--colour-axis");
  const at = (value) => EDGE + ((value - low) / (high - low)) * (wide - 2 * EDGE);
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${height}`, role: "img", "aria-label": label });
  svg.append(drawn("line", { x1: EDGE, x2: wide - EDGE, y1: height - 34, y2: height - 34, stroke: axis }));
  for (let value = low; value <= high; value += TICK) {
    svg.append(drawn("line", { x1: at(value), x2: at(value), y1: height - 34, y2: height - 27, stroke: axis }));
    svg.append(drawn("text", { x: at(value), y: height - 8, "text-anchor": "middle", "font-size": 16 }, number(value)));
  }
  return { svg, at, wide };
}

// A, B and the prediction on one scale; the bar around B is the interval of the difference.
export function beside(place, settled, guess, label) {
  const { svg, at, wide } = scaleOf(place, 138, label), a = 100 * settled.a, b = 100 * settled.b;
  const beyond = (x, y, words) => {
    const left = x > wide * 0.6;
    svg.append(drawn("text", { x: left ? x - 18 : x + 18, y: y + 6, "text-anchor": left ? "end" : "start", "font-size": 17, "font-weight": 600 }, words));
  };
  const bar = { x1: at(clip(a + 100 * settled.low)), x2: at(clip(a + 100 * settled.high)) };
  svg.append(drawn("circle", { class: "dot", cx: at(a), cy: 22, r: 8, fill: SIDE.a.colour }));
  svg.append(drawn("line", { ...bar, y1: 56, y2: 56, stroke: SIDE.b.colour, "stroke-width": 4 }));
  svg.append(drawn("rect", { x: at(b) - 8, y: 48, width: 16, height: 16, fill: SIDE.b.colour }));
  beyond(at(a), 22, `A ${number(a, 1)}`);
  beyond(b > 60 ? bar.x1 : bar.x2, 56, `B ${number(b, 1)}`);
  if (guess !== null) {
    svg.append(drawn("path", { d: `M${at(guess)} 100 l-8 -15 h16 z`, fill: token("--colour-quiet") }));
    beyond(at(guess), 90, `${say("guess")} ${guess}`);
  }
  place.replaceChildren(svg);
}

const clip = (value) => Math.min(HIGH, Math.max(LOW, value));

// One dot a value, stacked where they meet; `found` is marked by a line.
export function dots(place, values, label, colour, found = null, span = [LOW, HIGH]) {
  const stacks = new Map();
  for (const value of values) {
    const bin = 2 * Math.round(value / 2);
    stacks.set(bin, (stacks.get(bin) ?? 0) + 1);
  }
  const tallest = Math.max(3, ...stacks.values()), step = Math.min(14, 220 / tallest), height = tallest * step + 60;
  const { svg, at } = scaleOf(place, height, label, span);
  for (const [bin, count] of stacks) {
    for (let n = 0; n < count; n += 1) {
      svg.append(drawn("circle", { cx: at(bin), cy: height - 42 - n * step, r: Math.min(6, step / 2), fill: colour }));
    }
  }
  if (found !== null) {
    svg.append(drawn("line", { x1: at(found), x2: at(found), y1: 22, y2: height - 34, stroke: token("--colour-ink"), "stroke-width": 2 }));
    const anchor = found < 15 ? "start" : found > 85 ? "end" : "middle";
    svg.append(drawn("text", { x: at(found), y: 16, "text-anchor": anchor, "font-size": 16, "font-weight": 600 }, `B ${number(found, 1)}`));
  }
  place.replaceChildren(svg);
}
