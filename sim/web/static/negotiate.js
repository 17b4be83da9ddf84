// Negotiate: at each table what every text is worth to me, on one line, and what my own sliders are worth while they move.

import { $, drawn, isolated, named, number, say, token } from "./common.js";
import { fitted, scaleOf } from "./charts.js";
import { settle } from "./settle.js";
import { ask } from "./sure.js";
import { worthOf } from "./worth.js";

const form = $("answer");
const HEIGHT = 26, SAME = 1e-6;

const SHAPES = {
  theirs: (x, y, colour) => drawn("circle", { cx: x, cy: y, r: 8, fill: colour }),
  own: (x, y, colour) => drawn("rect", { x: x - 7, y: y - 7, width: 14, height: 14, fill: colour }),
  live: (x, y, colour) => drawn("path", { d: `M${x} ${y + 9}l-9 -16h18z`, fill: token("--colour-paper"), stroke: colour, "stroke-width": 2.5 }),
};

class Table {
  constructor(place) {
    this.place = place;
    this.group = place.dataset.group;
    this.mine = JSON.parse(place.querySelector(".mine").textContent);
    this.inputs = [...place.querySelectorAll(".settle input, .settle select")];
    settle(place, () => this.tell());
    place.addEventListener("toggle", () => this.draw());
    this.unfold();
    this.tell();
  }

  get chosen() {
    return this.place.querySelector('input[type="radio"]:checked');
  }

  get worth() {
    return worthOf(this.mine, this.inputs, `offer.${this.group}.`);
  }

  draw() {
    const ink = token("--colour-ink"), line = this.place.querySelector(".worths");
    const theirs = (text) => ({ label: named(text.author), colour: text.colour ?? token("--colour-quiet"), kind: "theirs" });
    const marks = this.mine.texts.map((text) => ({ at: 100 * text.worth, ...(text.own ? { label: say("own"), colour: ink, kind: "own" } : theirs(text)) }));
    const moved = !marks.some((mark) => mark.kind === "own" && Math.abs(mark.at - 100 * this.worth) < SAME);
    if (moved && this.chosen.dataset.do === "offer") marks.push({ label: say("sliders"), at: 100 * this.worth, colour: ink, kind: "live" });
    const height = 64 + HEIGHT * marks.length, away = 100 * this.mine.walkAway;
    const words = [say("away", { n: number(away, 1) }), ...marks.map((mark) => `${isolated(mark.label)} ${number(mark.at, 1)}`)];
    const { svg, at, wide } = scaleOf(line, height, words.join("; "));
    svg.append(drawn("line", { x1: at(away), x2: at(away), y1: 24, y2: height - 34, stroke: ink, "stroke-width": 2, "stroke-dasharray": "6 4" }));
    svg.append(drawn("text", { x: at(away), y: 16, "text-anchor": away < 30 ? "start" : away > 70 ? "end" : "middle", "font-size": 15 }, words[0]));
    marks.forEach((mark, n) => {
      const x = at(Math.min(100, Math.max(0, mark.at))), y = 38 + n * HEIGHT, left = x > wide / 2;
      const worth = ` ${number(mark.at, 1)}`, room = (left ? x : wide - x) - 24 - 10 * worth.length;
      svg.append(SHAPES[mark.kind](x, y, mark.colour));
      svg.append(drawn("text", { x: left ? x - 16 : x + 16, y: y + 5, "text-anchor": left ? "end" : "start", "font-size": 15, "font-weight": 600, stroke: token("--colour-paper"), "stroke-width": 6, "stroke-linejoin": "round", "paint-order": "stroke" }, isolated(fitted(mark.label, room, 15)) + worth));
    });
    line.replaceChildren(svg);
  }

  tell() {
    this.draw();
    const points = 100 * this.worth, gap = points - 100 * this.mine.walkAway;
    this.place.querySelector(".live").textContent = `${say("live", { points: number(points, 1) })} ${gap < 0 ? say("below") : ""}`;
  }

  // Only the controls that an answer needs.
  unfold() {
    for (const part of this.place.querySelectorAll("[data-for]")) {
      part.hidden = !part.dataset.for.split(" ").includes(this.chosen.dataset.do);
      for (const input of part.querySelectorAll("input, select")) input.disabled = part.hidden;
    }
  }

  // What is chosen stands in the table's line, for when it is folded; who wants to make an offer gets the sliders.
  choose() {
    this.place.querySelector(".stands").textContent = this.chosen.parentElement.textContent;
    this.place.querySelector(".offer").open = this.chosen.dataset.do === "offer";
    this.unfold();
    this.draw();
  }
}

const tables = [...form.querySelectorAll(".table")].map((place) => new Table(place));

form.addEventListener("change", (event) => {
  if (event.target.type === "radio") tables.find((table) => table.place.contains(event.target)).choose();
});
window.addEventListener("resize", () => tables.forEach((table) => table.draw()));

function question(pressed) {
  const leaving = tables.filter((table) => !pressed.value && table.chosen.value === "walk_out").map((table) => isolated(named(table.group)));
  return leaving.length ? say("sure.walk_out", { groups: leaving.join(", ") }) : say("sure.decide");
}

ask(form, question);
document.querySelector(".problem")?.focus();
