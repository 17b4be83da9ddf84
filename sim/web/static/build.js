// Build: each change goes to the file at once; what could be agreed on, and how many settle, follow.

import { $, drawn, element, get, number, pause, say, token } from "./common.js";
import { scaleOf } from "./charts.js";

const desk = $("desk"), place = $("form"), here = `/build/${desk.dataset.key}`;
let sending = Promise.resolve(), asking = null, before = null;

if (matchMedia("(max-width: 48rem)").matches) $("pictures").open = false; // a phone shows the form first
dress();
look();

// ---- the form ----

function dress() {
  for (const button of place.querySelectorAll(".keep")) button.hidden = true;
  if (!desk.dataset.mine) for (const each of place.querySelectorAll(".fields :is(input, select, textarea)")) each.disabled = true;
}

place.addEventListener("input", (event) => {
  const output = event.target.parentElement.querySelector("output");
  if (event.target.type === "range" && output) output.textContent = number(Number(event.target.value), event.target.step === "1" ? 0 : 2);
});

place.addEventListener("change", (event) => {
  const field = event.target.closest(".field");
  if (field === null || event.target.closest(".add")) return;
  send(`${here}/change`, partsOf(field));
});

function partsOf(field) {
  const parts = {};
  for (const each of field.querySelectorAll("[name]")) {
    if (each.type !== "checkbox" || each.checked) parts[each.name] = each.value;
  }
  return parts;
}

place.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.action.endsWith("/change")) return;
  event.preventDefault();
  const parts = Object.fromEntries(new FormData(form));
  if (event.submitter?.name) parts[event.submitter.name] = event.submitter.value;
  send(`${here}/change`, parts, form.matches(".add, .remove, .rename") ? form : null);
});

// One after the other, so that no change meets a file that another one is changing.
function send(path, parts, from = null) {
  sending = sending.then(() => sent(path, parts, from));
}

async function sent(path, parts, from) {
  const csrf = document.querySelector('meta[name="csrf"]').content;
  $("now").textContent = say("build.saving");
  try {
    const body = new URLSearchParams({ ...parts, csrf, part: "form" });
    const response = await fetch(path, { method: "POST", body });
    if (!response.ok) throw new Error((await response.json().catch(() => ({}))).error ?? say("failed"));
    renew(await response.text(), from);
    look();
  } catch (error) {
    $("now").textContent = error instanceof TypeError ? say("failed") : error.message;
  }
}

// The form anew: what is open stays open, who types goes on typing.
function renew(html, from) {
  const fresh = new DOMParser().parseFromString(html, "text/html").body;
  const open = new Set([...place.querySelectorAll("details[open]")].map((each) => each.id));
  const known = new Set([...place.querySelectorAll("details, .field")].map((each) => each.id));
  const active = document.activeElement, id = place.contains(active) ? active.id || active.name : "";
  const typed = active.value !== undefined && active.value !== active.defaultValue && active.type !== "range" ? active.value : null;
  const block = from?.parentElement.closest("[id]")?.id;
  place.replaceChildren(...fresh.childNodes);
  document.querySelector("h1").textContent = place.querySelector(`[name='["name"]|']`)?.value || say("build.nameless");
  for (const each of place.querySelectorAll("details")) if (open.has(each.id)) each.open = true;
  dress();
  const found = id && [...place.querySelectorAll("input, select, textarea, summary, button")].find((each) => (each.id || each.name) === id && !from);
  if (found) {
    if (typed !== null && found.defaultValue !== undefined) found.value = typed;
    found.focus({ preventScroll: true });
    return;
  }
  if (from === null) return;
  const added = [...place.querySelectorAll("details.block")].find((each) => !known.has(each.id));
  if (added) added.open = true;
  const next = added?.querySelector("summary") ?? (block && $(block)?.querySelector("summary, input, select, button"));
  next?.focus();
}

// ---- what comes of it ----

async function look() {
  asking?.abort();
  const mine = (asking = new AbortController());
  try {
    for (;;) {
      const found = await get(`${here}/preview`, mine.signal);
      if (found.status === 200) {
        show(found);
        return;
      }
      $("now").textContent = say("build.waiting");
    }
  } catch (error) {
    if (error.name === "AbortError") return;
    $("now").textContent = error.message;
    if (error.status === 503 || error.status === 429) {
      await pause(1000 * Math.max(error.after, 1));
      if (!mine.signal.aborted) look();
    }
  }
}

let last = null;
$("pictures").addEventListener("toggle", () => last && share(last.settled, last.sentence));

function show(found) {
  $("now").textContent = found.sentence;
  $("pictures").hidden = found.settled === null; // they would show what no longer holds
  if (found.settled === null) return;
  if (last !== null) before = last.settled.share;
  last = found;
  share(found.settled, found.sentence);
  $("spaces").replaceChildren(...Object.entries(found.groups).map(([name, group]) => space(name, group)));
}

// The share now, with its interval, and a hollow dot where it was before the last change.
function share(settled, sentence) {
  const { svg, at } = scaleOf($("share"), 76, sentence);
  svg.append(drawn("line", { x1: at(settled.low), x2: at(settled.high), y1: 22, y2: 22, stroke: token("--a"), "stroke-width": 4 }));
  if (before !== null) svg.append(drawn("circle", { cx: at(before), cy: 22, r: 7, fill: "none", stroke: token("--colour-quiet"), "stroke-width": 2 }));
  svg.append(drawn("circle", { cx: at(settled.share), cy: 22, r: 8, fill: token("--a") }));
  $("share").replaceChildren(svg);
}

// ---- what could be agreed on ----

const SIDE = 260, EDGE = 30;

function space(name, group) {
  const [one, other] = Object.keys(group.no_agreement), more = Object.keys(group.no_agreement).length > 2;
  const caption = element("figcaption", {}, element("bdi", {}, name));
  if (more) return element("figure", {}, caption, element("p", { class: "small" }, say("build.space.many")));
  const label = say(group.nash ? "build.space" : "build.space.none", { name, one, other });
  const at = (x) => EDGE + x * (SIDE - 2 * EDGE), up = (y) => SIDE - EDGE - y * (SIDE - 2 * EDGE);
  const svg = drawn("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", "aria-label": label });
  const points = group.pareto.map((each) => [each[one], each[other]]).sort((a, b) => a[0] - b[0]);
  const axis = token("--colour-axis"), none = group.no_agreement;
  svg.append(drawn("path", { d: `M${EDGE} ${EDGE} V${SIDE - EDGE} H${SIDE - EDGE}`, fill: "none", stroke: axis }));
  svg.append(drawn("path", { d: `M${at(none[one])} ${EDGE} V${up(none[other])} H${SIDE - EDGE}`, fill: "none", stroke: axis, "stroke-dasharray": "4 4" }));
  svg.append(drawn("polyline", { points: points.map(([x, y]) => `${at(x)},${up(y)}`).join(" "), fill: "none", stroke: token("--a"), "stroke-width": 2.5 }));
  for (const [x, y] of points) svg.append(drawn("circle", { cx: at(x), cy: up(y), r: 3, fill: token("--a") }));
  if (group.nash) svg.append(drawn("rect", { x: at(group.nash[one]) - 5, y: up(group.nash[other]) - 5, width: 10, height: 10, fill: token("--b") }));
  svg.append(drawn("text", { x: SIDE - EDGE, y: SIDE - 8, "text-anchor": "end", "font-size": 13 }, short(one)));
  svg.append(drawn("text", { x: EDGE - 8, y: EDGE - 10, "font-size": 13 }, short(other)));
  const empty = group.nash ? [] : [element("p", { class: "small" }, label)];
  return element("figure", { class: "space" }, caption, svg, ...empty);
}

const short = (text) => ([...text].length > 22 ? `${[...text].slice(0, 21).join("")}…` : text);
