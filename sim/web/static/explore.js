// Explore: controls become an address, a prediction is committed, the answer grows sharper.

import { $, address, day, element, get, number, pause, post, row, say } from "./common.js";
import { SIDE, beside, lines } from "./charts.js";

const form = $("explore"), first = Number(form.dataset.first), start = new Date(`${form.dataset.start}T00:00:00Z`);
let shown = "", asking = null;

const dateOf = (week) => day(new Date(start.getTime() + week * 7 * 86400000).toISOString().slice(0, 10));

// ---- controls ----

for (const input of form.querySelectorAll('input[type="range"]')) {
  tell(input);
  input.addEventListener("input", () => {
    input.dataset.moved = "";
    tell(input);
  });
}
for (const select of form.querySelectorAll("select")) select.addEventListener("change", unfold);
form.addEventListener("change", changed);
unfold();

// A slider's number; one with few steps holds the place of a level.
function valueOf(input) {
  return Number(input.dataset.levels ? JSON.parse(input.dataset.levels)[input.value] : input.value);
}

function tell(input) {
  const output = input.parentElement.querySelector("output"), value = "moved" in input.dataset ? valueOf(input) : Number(input.dataset.own ?? input.value);
  output.textContent = "date" in input.dataset ? dateOf(value) : number(value, "own" in input.dataset ? 2 : 0);
  input.setAttribute("aria-valuetext", output.textContent);
  output.classList.toggle("moved", "moved" in input.dataset);
}

// Only the controls that a kind of freeze has.
function unfold() {
  for (const place of form.querySelectorAll(".freeze")) {
    const kind = place.querySelector("select").value;
    for (const label of place.querySelectorAll("[data-for]")) label.hidden = !label.dataset.for.split(" ").includes(kind);
  }
}

function fields() {
  const found = { scenario: form.dataset.scenario };
  for (const input of form.querySelectorAll('.row input[data-moved]')) found[input.name] = valueOf(input);
  for (const place of form.querySelectorAll(".freeze")) {
    const kind = place.querySelector("select");
    if (kind.value === "file") continue;
    for (const each of place.querySelectorAll("select, input")) {
      if (each === kind || !each.closest("[data-for]").hidden) found[each.name] = each.value;
    }
  }
  return found;
}

let soon = 0;
function changed(event) {
  if (event.target.id === "guess") return;
  $("old").hidden = shown === "" || shown === new URLSearchParams(fields()).toString();
  clearTimeout(soon); // while a prediction is thought about, the run may begin
  soon = setTimeout(() => post("/explore/prepare", fields()).catch(() => {}), 500);
}

// ---- running ----

form.addEventListener("submit", (event) => {
  event.preventDefault();
  meet();
  run(fields(), $("guess").value);
});
if ($("guess").value !== "") run(fields(), $("guess").value);

// The eye goes where the answer will be, and whoever reads by ear with it.
function meet() {
  $("result").focus({ preventScroll: true });
  $("result").scrollTop = 0;
  $("result").scrollIntoView({ block: "start" });
}

async function run(state, guess) {
  asking?.abort();
  const mine = (asking = new AbortController());
  $("status").textContent = say("running");
  $("old").hidden = true;
  try {
    const { query } = await patient(() => post("/explore/ask", { ...state, guess }), mine.signal);
    shown = new URLSearchParams(state).toString();
    history.replaceState(null, "", address(query));
    show(await best(query, 0, mine.signal), query);
    if (document.activeElement === $("result")) meet(); // before, a short page could not scroll so far
    show(await best(query, first, mine.signal), query);
  } catch (error) {
    if (error.name !== "AbortError") $("status").textContent = error.message;
  }
}

async function best(query, have, signal) {
  for (;;) {
    const found = await patient(() => get(`/explore/answer?${query}&have=${have}`, signal), signal);
    if (found.status === 200) return found;
    $("status").textContent = have ? say("sharper", { n: number(have) }) : say("waiting", { n: found.waiting });
  }
}

// A busy server is asked again, and so is one that is starting anew.
async function patient(request, signal) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await request();
    } catch (error) {
      const lost = error instanceof TypeError, busy = error.status === 503 || error.status === 429;
      if (error.name === "AbortError" || signal.aborted || !(lost || busy) || tries > 20) throw error;
      $("status").textContent = lost ? say("lost") : error.message;
      await pause(busy ? 1000 * Math.max(error.after, 1) : 2000);
    }
  }
}

// ---- the answer ----

function show(found, query) {
  $("answer").hidden = false;
  $("status").textContent = found.whole ? "" : say("sharper", { n: number(found.replications) });
  $("sentences").replaceChildren(...found.sentences.map((each) => element("p", {}, each)));
  beside($("scale"), found.settled, found.guess, found.sentences.join(" "));
  $("rows").replaceChildren(...found.table.map((each) => row(each.name, each.a, each.b, each.difference, each.interval)));
  curves(found.curve);
  for (const link of document.querySelectorAll("[data-file]")) link.href = `${link.dataset.file}?${query}`;
  $("link").value = location.href;
}

function curves(curve) {
  const seconds = curve.dates.map((date) => Date.parse(`${date}T00:00:00Z`) / 1000);
  const top = Math.max(10, Math.ceil(Math.max(...curve.a, ...curve.b) / 10) * 10);
  lines($("curve"), seconds, [
    { label: "A", ...SIDE.a, values: curve.a },
    { label: "B", ...SIDE.b, values: curve.b },
  ], top);
  $("curve-rows").replaceChildren(
    ...curve.weeks.map((week, n) => row(say("weekOf", { week, date: day(curve.dates[n]) }), number(curve.a[n], 1), number(curve.b[n], 1))),
  );
}
