// Explore: controls become an address, a prediction is committed, the answer grows sharper.

import { $, address, day, element, number, post, row, say } from "./common.js";
import { SIDE, beside, lines } from "./charts.js";
import { best, patient, reference } from "./waiting.js";

const form = $("explore"), first = Number(form.dataset.first);
let shown = "", asking = null, knowing = new AbortController();

function dateOf(week, start) {
  const begins = new Date(`${start}T00:00:00Z`).getTime();
  return day(new Date(begins + week * 7 * 86400000).toISOString().slice(0, 10));
}

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
know();

// A slider's number; one with few steps holds the place of a level.
function valueOf(input) {
  return Number(input.dataset.levels ? JSON.parse(input.dataset.levels)[input.value] : input.value);
}

function tell(input) {
  const output = input.parentElement.querySelector("output"), value = "moved" in input.dataset ? valueOf(input) : Number(input.dataset.own ?? input.value);
  output.textContent = "date" in input.dataset ? dateOf(value, input.closest(".freeze").dataset.start) : number(value, "own" in input.dataset ? 2 : 0);
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
  if (form.dataset.other) found.b = form.dataset.other;
  for (const input of form.querySelectorAll('.row input[data-moved]')) found[input.name] = valueOf(input);
  for (const select of form.querySelectorAll(".row select")) if (select.value !== select.dataset.own) found[select.name] = select.value;
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
  soon = setTimeout(() => post("/explore/prepare", fields()).then(know).catch(() => {}), 500);
}

// What comes of A is said before B is predicted; what is wrong with A is said where it is run.
function know() {
  knowing.abort();
  knowing = new AbortController();
  reference(fields(), knowing.signal).then((words) => ($("known").textContent = words), () => {});
}

// ---- running ----

form.addEventListener("submit", (event) => {
  event.preventDefault();
  $("more").open = false; // so that question and answer stand together
  meet();
  run(fields(), $("guess").value);
});
if ($("guess").value !== "") run(fields(), $("guess").value);

// The answer stands under the question, both in sight where there is room; whoever reads by ear goes on there.
function meet() {
  const whole = document.querySelector(".one"), place = whole.offsetHeight <= innerHeight ? whole : $("result");
  $("result").focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}

function wait(words) {
  $("status").textContent = words;
}

async function run(state, guess) {
  asking?.abort();
  const mine = (asking = new AbortController());
  $("status").textContent = say("running");
  $("old").hidden = true;
  try {
    const { query } = await patient(() => post("/explore/ask", { ...state, guess }), mine.signal, wait);
    shown = new URLSearchParams(state).toString();
    history.replaceState(null, "", address(query));
    show(await best(query, 0, mine.signal, wait), query);
    if (document.activeElement === $("result")) meet(); // before, a short page could not scroll so far
    show(await best(query, first, mine.signal, wait), query);
    if (document.activeElement === $("result")) meet();
  } catch (error) {
    if (error.name !== "AbortError") $("status").textContent = error.message;
  }
}

// ---- the answer ----

function show(found, query) {
  for (const each of document.querySelectorAll("[data-answer]")) each.hidden = false;
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
