// A table: waits for the others, shows the time that is left, and what my sliders are worth to me while they move.

import { $, get, named, number, pause, say } from "./common.js";
import { settle } from "./settle.js";
import { worthOf } from "./worth.js";

const EVERY = 3000;
const table = $("table"), form = $("moment");
const mine = JSON.parse($("mine")?.textContent ?? "{}");
let left = table.dataset.left === undefined ? null : Number(table.dataset.left), since = Date.now();
let halt = table.dataset.halt ?? "", sent = false;

// ---- what I decide ---------------------------------------------------------------------------------------------------

function tell(place) {
  const chapter = place.dataset.of, inputs = [...place.querySelectorAll(".settle input, .settle select")];
  if (!inputs.length) return;
  const points = 100 * worthOf(mine[chapter], inputs, `offer.${chapter}.`), below = points < 100 * mine[chapter].walkAway;
  place.querySelector(".live").textContent = `${say("table.live", { points: number(points, 1) })} ${below ? say("table.below") : ""}`;
}

// Only the controls that an instruction needs.
function unfold(place) {
  const chosen = form.querySelector(`input[name="do.${CSS.escape(place.dataset.of)}"]:checked`)?.value ?? "";
  const taken = chosen.includes("|"), needs = (each) => !taken && each.dataset.needs.split(" ").includes(chosen);
  place.hidden = !needs(place);
  for (const part of place.querySelectorAll("[data-needs]")) part.hidden = !needs(part);
}

if (form) {
  for (const place of form.querySelectorAll("[data-of]")) {
    settle(place, () => tell(place));
    tell(place);
    unfold(place);
    form.addEventListener("change", () => unfold(place));
  }
  for (const place of form.querySelectorAll("[data-text]")) {
    const box = form.querySelector(`[data-own="${CSS.escape(place.dataset.text)}"]`);
    const show = () => { place.hidden = !box.checked; };
    settle(place, show);
    box.addEventListener("change", show);
    show();
  }
  form.addEventListener("submit", (event) => { sent ||= !event.submitter.hidden; });
}
document.querySelector(".problem")?.focus();

// ---- waiting --------------------------------------------------------------------------------------------------------

function clock() {
  const gone = halt ? 0 : (Date.now() - since) / 1000, now = left === null ? null : Math.max(0, Math.round(left - gone));
  if ($("left")) $("left").textContent = now === null ? "" : say("table.left", { minutes: Math.floor(now / 60), seconds: String(now % 60).padStart(2, "0") });
}

// The teacher holds all tables, or lets them go on: what somebody has entered stays.
function hold(why) {
  halt = why;
  if ($("halt")) $("halt").textContent = why ? $("halt").dataset[why] : "";
  for (const button of form?.querySelectorAll(".purse button") ?? []) button.disabled = why !== "";
}

function update(found) {
  if (found.mark !== table.dataset.mark) return location.reload();
  if (found.left !== undefined) [left, since] = [found.left, Date.now()];
  if (found.halt !== undefined && found.halt !== halt) hold(found.halt);
  if ($("decided") && found.decided) $("decided").textContent = say("table.have", { seats: found.decided.map(named).join(", ") || $("decided").dataset.nobody });
  $("table-status").textContent = found.deals > Number(table.dataset.deals ?? 0) ? say("table.deal") : "";
  for (const each of found.tables ?? []) {
    const row = document.querySelector(`[data-table="${each.number}"]`);
    if (!row) continue;
    row.querySelector('[data-cell="moment"]').textContent = each.over ? say("table.over") : each.moment;
    row.querySelector('[data-cell="decided"]').textContent = each.decided.map(named).join(", ");
  }
}

setInterval(clock, 1000);
clock();
const query = table.dataset.number ? `?table=${table.dataset.number}` : "";
while (!sent) {
  await pause(document.hidden ? 3 * EVERY : EVERY);
  try {
    if (!sent) update(await get(`/table/${table.dataset.code}/state${query}`));
  } catch (error) {
    $("table-status").textContent = error instanceof TypeError ? say("lost") : error.message;
    if (error.status === 403 || error.status === 404) break;
  }
}
