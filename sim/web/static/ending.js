// The end of a game: my score among those of scripted players, as columns.

import { $, drawn, number, say, token } from "./common.js";
import { scaleOf, spanOf } from "./charts.js";

const BIN = 2, TALL = 200;
const { scores, mine } = JSON.parse($("marks").textContent);

function draw() {
  const span = spanOf([...scores, mine]), [low, high] = span;
  const counts = new Array((high - low) / BIN).fill(0);
  for (const score of scores) counts[Math.min(Math.floor((score - low) / BIN), counts.length - 1)] += 1;
  const tallest = Math.max(...counts), height = TALL + 84;
  const { svg, at } = scaleOf($("among"), height, say("among", { n: scores.length, mine: number(mine, 1) }), span);
  counts.forEach((count, n) => {
    if (!count) return;
    const tall = Math.max((count / tallest) * TALL, 2), x = at(low + n * BIN);
    const column = drawn("rect", { x: x + 0.5, y: height - 34 - tall, width: Math.max(at(low + BIN) - at(low) - 1, 1), height: tall, fill: token("--colour-axis") });
    column.append(drawn("title", {}, `${number(low + n * BIN)}–${number(low + (n + 1) * BIN)}: ${number(count)}`));
    svg.append(column);
  });
  const x = at(mine), share = (mine - low) / (high - low), anchor = share < 0.15 ? "start" : share > 0.85 ? "end" : "middle";
  svg.append(drawn("line", { x1: x, x2: x, y1: 26, y2: height - 34, stroke: token("--colour-ink"), "stroke-width": 3 }));
  svg.append(drawn("path", { d: `M${x} 38l-8 -14h16z`, fill: token("--colour-ink") }));
  svg.append(drawn("text", { x, y: 16, "text-anchor": anchor, "font-size": 17, "font-weight": 600 }, say("you", { points: number(mine, 1) })));
  $("among").replaceChildren(svg);
}

draw();
window.addEventListener("resize", draw);
