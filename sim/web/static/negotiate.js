// Negotiate: what every text is worth to me, on one line, and what my own sliders are worth while they move.

import { $, drawn, isolated, number, say, token } from "./common.js";
import { fitted, scaleOf } from "./charts.js";
import { settle } from "./settle.js";
import { ask } from "./sure.js";

const form = $("answer"), mine = JSON.parse($("mine").textContent), live = $("live");
const inputs = [...form.querySelectorAll(".settle input, .settle select")];
const HEIGHT = 34;

// As the model has it: v = 1 - |x - ideal| / max(ideal, 1 - ideal), less what it costs to leave an earlier commitment.
function worth() {
  if (mine.together) return together(mine.together);
  let sum = 0;
  for (const input of inputs) {
    const issue = input.name.slice("offer.".length), option = input.type !== "range", x = Number(input.value);
    const ideal = mine.ideal[issue];
    const value = option ? mine.values[issue][input.value] : 1 - Math.abs(x - ideal) / Math.max(ideal, 1 - ideal);
    sum += mine.priorities[issue] * value;
    for (const held of mine.commitments) {
      if (held.issue === issue) sum -= held.hold * (option ? Number(input.value !== held.settlement) : Math.abs(x - held.settlement));
    }
  }
  return sum;
}

// Where issues interact, a list says what each combination of their options is worth, the last issue fastest.
function together({ issues, worth }) {
  const chosen = (issue) => inputs.find((input) => input.name === `offer.${issue}`).value;
  return worth[issues.reduce((number, [issue, options]) => number * options.length + options.indexOf(chosen(issue)), 0)];
}

function draw() {
  const marks = mine.texts.map((text) => ({ label: text.author, at: 100 * text.worth, colour: text.colour ?? token("--colour-quiet"), kind: "theirs" }));
  if (mine.ownOffer !== null) marks.push({ label: say("own"), at: 100 * mine.ownOffer, colour: token("--colour-ink"), kind: "own" });
  if (inputs.length) marks.push({ label: say("sliders"), at: 100 * worth(), colour: token("--colour-ink"), kind: "live" });
  const height = 78 + HEIGHT * marks.length, away = 100 * mine.walkAway;
  const words = [say("away", { n: number(away, 1) }), ...marks.map((mark) => `${isolated(mark.label)} ${number(mark.at, 1)}`)];
  const { svg, at, wide } = scaleOf($("line"), height, words.join("; "));
  svg.append(drawn("line", { x1: at(away), x2: at(away), y1: 24, y2: height - 34, stroke: token("--colour-ink"), "stroke-width": 2, "stroke-dasharray": "6 4" }));
  svg.append(drawn("text", { x: at(away), y: 16, "text-anchor": away < 30 ? "start" : away > 70 ? "end" : "middle", "font-size": 15 }, words[0]));
  marks.forEach((mark, n) => {
    const x = at(Math.min(100, Math.max(0, mark.at))), y = 44 + n * HEIGHT, left = x > wide / 2;
    const worth = ` ${number(mark.at, 1)}`, room = (left ? x : wide - x) - 24 - 10 * worth.length;
    svg.append(shape(mark, x, y));
    svg.append(drawn("text", { x: left ? x - 16 : x + 16, y: y + 5, "text-anchor": left ? "end" : "start", "font-size": 15, "font-weight": 600, stroke: token("--colour-paper"), "stroke-width": 6, "stroke-linejoin": "round", "paint-order": "stroke" }, isolated(fitted(mark.label, room, 15)) + worth));
  });
  $("line").replaceChildren(svg);
}

const SHAPES = {
  theirs: (x, y, colour) => drawn("circle", { cx: x, cy: y, r: 8, fill: colour }),
  own: (x, y, colour) => drawn("rect", { x: x - 7, y: y - 7, width: 14, height: 14, fill: colour }),
  live: (x, y, colour) => drawn("path", { d: `M${x} ${y + 9}l-9 -16h18z`, fill: token("--colour-paper"), stroke: colour, "stroke-width": 2.5 }),
};
const shape = (mark, x, y) => SHAPES[mark.kind](x, y, mark.colour);

function tell() {
  draw();
  if (!live) return;
  const points = 100 * worth(), gap = points - 100 * mine.walkAway;
  live.textContent = `${say("live", { points: number(points, 1) })} ${gap < 0 ? say("below") : ""}`;
}

// Only the controls that an answer needs.
function unfold() {
  const chosen = form.querySelector('input[name="do"]:checked')?.dataset.do;
  for (const place of form.querySelectorAll("[data-for]")) place.hidden = !place.dataset.for.split(" ").includes(chosen);
}

settle(form, tell);
tell();
unfold();
form.addEventListener("change", unfold);
window.addEventListener("resize", draw);

const FINAL = { walk_out: "sure.walk_out", accept: "sure.accept" };
const button = form.querySelector(".purse button");

function question() {
  const act = FINAL[form.querySelector('input[name="do"]:checked')?.dataset.do];
  return act ? say(act) : "";
}

ask(form, question, () => { button.disabled = true; });
window.addEventListener("pageshow", () => { button.disabled = false; });
document.querySelector(".problem")?.focus();
