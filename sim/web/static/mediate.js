// Mediate: the points that lie in the form are added up while they are placed.

import { $, number, say } from "./common.js";
import { settle } from "./settle.js";
import { ask } from "./sure.js";

const form = $("turn"), most = Number(form.dataset.points), places = [...form.querySelectorAll("[data-points]")];
const short = (points) => number(points, Number.isInteger(Math.round(points * 10) / 10) ? 0 : 1);

const spent = () => places.reduce((sum, input) => sum + (Number(input.value) || 0), 0);

function add() {
  const points = spent(), over = points - most > 1e-6;
  const placed = say("sum", { points: short(points), left: short(Math.max(most - points, 0)) });
  $("sum").textContent = over ? say("over", { points: short(points - most) }) : placed;
  $("sum").classList.toggle("over", over);
  return over;
}

for (const input of places) input.addEventListener("input", add);
settle(form, (input) => (input.closest("details").querySelector('input[type="checkbox"]').checked = true)); // who moves a slider means it
add();

// What says nothing is not sent: there may be many chapters.
function unused() {
  const texts = [...form.querySelectorAll('.orders:has([name^="own."]:not(:checked))')];
  return [...places.filter((input) => !input.value), ...texts.flatMap((each) => [...each.querySelectorAll(".settle input, .settle select")])];
}

function question() {
  if (add()) {
    places.find((input) => input.value)?.focus();
    return "";
  }
  return say("sure.go", { points: short(spent()), left: short(most - spent()) });
}

ask(form, question, () => {
  for (const input of unused()) input.disabled = true;
});
window.addEventListener("pageshow", () => {
  for (const input of form.elements) input.disabled = false;
});
document.querySelector(".problem")?.focus();
