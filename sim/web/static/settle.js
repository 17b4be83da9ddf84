// Sliders that settle an issue: what the point means, in words, beside each of them.

import { number } from "./common.js";

export function means(input) {
  if (input.type !== "range") return input.selectedOptions[0].text;
  const labels = JSON.parse(input.dataset.labels), point = Number(input.value);
  if (!labels.length) return number(point, 2);
  const near = labels.reduce((one, other) => (Math.abs(other.point - point) < Math.abs(one.point - point) ? other : one));
  return `${near.label} (${number(point, 2)})`;
}

// Tell each slider's point now and whenever it moves; then call `moved` with it.
export function settle(place, moved) {
  for (const input of place.querySelectorAll(".settle input, .settle select")) {
    tell(input);
    input.addEventListener("input", () => (tell(input), moved(input)));
  }
}

function tell(input) {
  const output = input.parentElement.querySelector("output");
  if (output === null) return;
  output.textContent = means(input);
  input.setAttribute("aria-valuetext", means(input));
}
