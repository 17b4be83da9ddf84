// The end of a game: my score among those of scripted players, as columns on the scale from 0 to 100.

import { $, drawn, number, say, token } from "./common.js";
import { scaleOf } from "./charts.js";

const BIN = 2, TALL = 200;
const { scores, mine } = JSON.parse($("marks").textContent);

function draw() {
  const counts = new Array(100 / BIN + 1).fill(0);
  for (const score of scores) counts[Math.min(Math.floor(score / BIN), counts.length - 1)] += 1;
  const tallest = Math.max(...counts), height = TALL + 84;
  const { svg, at } = scaleOf($("among"), height, say("among", { n: scores.length, mine: number(mine, 1) }));
  counts.forEach((count, n) => {
    if (!count) return;
    const tall = Math.max((count / tallest) * TALL, 2), x = at(Math.min(n * BIN, 100 - BIN));
    const column = drawn("rect", { x: x + 0.5, y: height - 34 - tall, width: Math.max(at(BIN) - at(0) - 1, 1), height: tall, fill: token("--colour-axis") });
    column.append(drawn("title", {}, `${number(n * BIN)}–${number((n + 1) * BIN)}: ${number(count)}`));
    svg.append(column);
  });
  const x = at(mine), anchor = mine < 15 ? "start" : mine > 85 ? "end" : "middle";
  svg.append(drawn("line", { x1: x, x2: x, y1: 26, y2: height - 34, stroke: token("--colour-ink"), "stroke-width": 3 }));
  svg.append(drawn("path", { d: `M${x} 38l-8 -14h16z`, fill: token("--colour-ink") }));
  svg.append(drawn("text", { x, y: 16, "text-anchor": anchor, "font-size": 17, "font-weight": 600 }, say("you", { points: number(mine, 1) })));
  $("among").replaceChildren(svg);
}

draw();
window.addEventListener("resize", draw);
