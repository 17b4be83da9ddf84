// The room: what the class predicted and found, as dots and as a table, a moment after it happens.

import { $, element, get, number, pause, row, say, token } from "./common.js";
import { SIDE, dots, spanOf } from "./charts.js";

const EVERY = 4000;
const pooled = $("pooled");
let seen = null;

window.addEventListener("resize", () => seen && show(seen));

for (;;) {
  try {
    update(await get(`/class/${pooled.dataset.code}/pooled`));
  } catch (error) {
    $("pooled-status").textContent = error instanceof TypeError ? say("lost") : error.message;
    if (error.status === 403 || error.status === 404) break;
  }
  await pause(document.hidden ? 4 * EVERY : EVERY);
}

function update(found) {
  if ($("members")) $("members").textContent = found.members;
  if (found.question !== $("question").dataset.question) location.reload();
  $("hidden").hidden = "runs" in found;
  $("found").hidden = !("runs" in found);
  for (const place of document.querySelectorAll("#counts strong")) place.textContent = found.counts?.[place.dataset.kind] ?? "";
  if ($("counts")) $("counts").hidden = !found.counts;
  if ("runs" in found) show(found);
  else seen = null;
}

function show(found) {
  seen = found;
  const here = found.question ? (each) => each.state === found.question : () => true;
  const predictions = found.predictions.filter(here), runs = found.runs.filter(here);
  const inB = found.question && runs.length ? 100 * runs[0].b : null;
  draw($("predictions"), predictions.map((each) => each.guess), SIDE.b.colour, inB);
  draw($("runs"), runs.map((each) => 100 * each.b), SIDE.b.colour);
  games(found.games);
  table(predictions, runs);
  $("pooled-status").textContent = "";
  $("left").hidden = !found.left;
  $("left").textContent = say("left", { n: number(found.left) });
}

function games(played) {
  for (const role of ["mediator", "party"]) {
    const scores = played.filter((each) => each.role === role).map((each) => each.score);
    $(`games-${role}-figure`).hidden = scores.length === 0;
    if (scores.length) draw($(`games-${role}`), scores, token("--colour-ink"), null, spanOf(scores));
  }
  const table = $("games-table");
  table.hidden = played.length === 0;
  $("games-rows").replaceChildren(...played.map((each) => row(String(each.member), table.dataset[each.role], each.scenario, String(each.replication), number(each.score, 1))));
}

function draw(place, values, colour, found = null, span = undefined) {
  if (!values.length) return place.replaceChildren(element("p", { class: "small" }, say("none")));
  const sorted = [...values].sort((one, other) => one - other), median = sorted[Math.floor((sorted.length - 1) / 2)];
  const sentence = say("dots", { n: values.length, median: number(median) });
  dots(place, values, sentence, colour, found, span);
  place.append(element("p", { class: "small" }, sentence));
}

function table(predictions, runs) {
  const key = (each) => `${each.member} ${each.state}`, ran = new Map(runs.map((each) => [key(each), each]));
  $("rows").replaceChildren(
    ...predictions.map((each) => {
      const run = ran.get(key(each));
      return row(String(each.member), String(each.guess), run ? number(100 * run.b, 1) : "–", run ? number(100 * run.difference, 1) : "–");
    }),
  );
}
