// The room on a phone, on the desk and on the wall: counts as they come, and the page anew when the class goes on.

import { $, drawn, number, say, token } from "./common.js";
import { SIDE, dots, scaleOf, spanOf } from "./charts.js";
import { listen, set, stop } from "./live.js";

const SWAPPED = ["stage", "plan-list"];
let fetching = false, wanted = "";

listen($("stage").dataset.events, $("stage").dataset.now, tell);
window.addEventListener("resize", draw);
draw();
choose();

function tell(news) {
  wanted = news.shown;
  for (const place of document.querySelectorAll("[data-counted]")) {
    const words = place.dataset.counted.replace("{done}", news.done).replace("{members}", news.members);
    if (place.textContent !== words) place.textContent = words;
  }
  for (const timer of document.querySelectorAll("#stage [data-timer]")) {
    set(timer, news.left, news.halt);
    timer.closest("[data-clock]").hidden = news.left === null;
  }
  for (const place of document.querySelectorAll("[data-seats]")) {
    const seats = news[place.dataset.seats] ?? [];
    place.hidden = seats.length === 0;
    place.querySelector("span").textContent = seats.join(", ");
  }
  if ($("stage").classList.contains("stage-phone")) stop(news.halt);
  renew();
}

// The page as the server has it now, in place of what has changed; what somebody is writing stays.
async function renew() {
  if (fetching || wanted === $("stage").dataset.shown) return;
  fetching = true;
  try {
    const response = await fetch(location.href, { headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.getElementById("stage")) return location.reload();
    const focused = document.activeElement?.id, written = $("reply"), words = written?.value;
    const dirty = written && words !== written.defaultValue;
    for (const id of SWAPPED) {
      const place = page.getElementById(id);
      if ($(id) && place) $(id).replaceWith(document.adoptNode(place));
    }
    if (dirty && $("reply")) $("reply").value = words;
    $("said").textContent = document.querySelector("#stage .phase")?.textContent ?? "";
    if (focused && document.activeElement === document.body) $(focused)?.focus();
    draw();
  } finally {
    fetching = false;
  }
  if (wanted !== $("stage").dataset.shown) setTimeout(renew, 500);
}

// ---- pictures ----

function draw() {
  for (const place of document.querySelectorAll("[data-picture]")) {
    const values = JSON.parse(place.dataset.values), { picture, label, truth } = place.dataset;
    if (!values.length) continue;
    const known = truth === "" ? null : Number(truth);
    if (picture === "moves") moves(place, values, label, known);
    else if (picture === "scores") dots(place, values, label, token("--colour-ink"), null, spanOf(values));
    else dots(place, values, label, SIDE.b.colour, known);
  }
}

// Before above, after below, a line for each who answered twice.
function moves(place, pairs, label, truth) {
  const height = 270, top = 50, bottom = height - 72;
  const { svg, at } = scaleOf(place, height, label);
  const word = (x, y, words, anchor = "start") => svg.append(drawn("text", { x, y, "text-anchor": anchor, "font-size": 16 }, words));
  word(0, top - 16, say("conduct.before"));
  word(0, bottom + 26, say("conduct.after"));
  for (const [before, after] of pairs) {
    svg.append(drawn("line", { x1: at(before), x2: at(after), y1: top, y2: bottom, stroke: token("--colour-axis"), "stroke-width": 1.5 }));
    svg.append(drawn("circle", { cx: at(before), cy: top, r: 5, fill: token("--colour-quiet") }));
    svg.append(drawn("rect", { x: at(after) - 5, y: bottom - 5, width: 10, height: 10, fill: SIDE.b.colour }));
  }
  if (truth !== null) {
    svg.append(drawn("line", { x1: at(truth), x2: at(truth), y1: top - 26, y2: height - 34, stroke: token("--colour-ink"), "stroke-width": 2 }));
    word(at(truth), top - 32, `B ${number(truth, 1)}`, truth < 15 ? "start" : truth > 85 ? "end" : "middle");
  }
  place.replaceChildren(svg);
}

// ---- the desk's form ----

// Only what this kind of activity needs.
function choose() {
  const kind = $("kind");
  if (!kind) return;
  const unfold = () => {
    const { setup } = kind.selectedOptions[0].dataset;
    for (const part of document.querySelectorAll("#add [data-for]")) part.hidden = part.dataset.for !== setup;
  };
  kind.addEventListener("change", unfold);
  unfold();
}
