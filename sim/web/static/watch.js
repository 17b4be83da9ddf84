// Watch: one history week by week. Everything is drawn for a week, so that going back is as easy as going on.

import { $, day, drawn, element, get, number, pause, row, say, token } from "./common.js";
import { lines } from "./charts.js";

const LANE = 46, TOP = 30, NAME = 130, AFTER = 24, LEAST = 3, DATE = 135; // pixels
const MARKS = {
  round: (x, y) => drawn("line", { x1: x, x2: x, y1: y - 9, y2: y + 9, stroke: token("--colour-ink"), "stroke-width": 2 }),
  disruption: (x, y) => cross(x, y, token("--colour-quiet")),
  draft: (x, y) => drawn("rect", { x: x - 4, y: y - 14, width: 8, height: 8, fill: "none", stroke: token("--colour-ink"), "stroke-width": 2 }),
  signature: (x, y, colour) => flag(x, y, colour),
  refusal: (x, y) => cross(x, y - 12, token("--colour-ink")),
  in_force: (x, y, colour) => drawn("circle", { cx: x, cy: y, r: 7, fill: colour }),
  collapse: (x, y, colour) => drawn("circle", { cx: x, cy: y, r: 7, fill: token("--colour-paper"), stroke: colour, "stroke-width": 3 }),
};
const cross = (x, y, colour) => drawn("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, stroke: colour, "stroke-width": 2 });
const flag = (x, y, colour) => drawn("path", { d: `M${x} ${y + 10}v-26h12l-4 5l4 5h-12`, fill: colour, stroke: token("--colour-ink") });

let told, week = 0, playing = false, chart;

begin();
new ResizeObserver(() => told && timeline()).observe($("timeline"));

export async function begin() {
  const { scenario, replication } = $("watch").dataset;
  stop();
  $("now").textContent = say("running");
  try {
    told = await get(`/watch/history?${new URLSearchParams({ scenario, replication })}`);
  } catch (error) {
    $("now").textContent = error.message;
    return;
  }
  choices();
  key();
  trust();
  show(0);
}

// ---- the player ----

$("play").addEventListener("click", () => (playing ? stop() : play()));
$("back").addEventListener("click", () => (stop(), show(week - 1)));
$("step").addEventListener("click", () => (stop(), show(week + 1)));
$("end").addEventListener("click", () => (stop(), show(told.weeks)));
$("week").addEventListener("input", () => (stop(), show(Number($("week").value))));
$("group").addEventListener("change", () => (pairs(), show(week)));
$("pair").addEventListener("change", () => show(week));

async function play() {
  if (!told) return;
  playing = true;
  $("play").textContent = $("play").dataset.pause;
  if (week >= told.weeks) show(0);
  while (playing && week < told.weeks) {
    await pause(Number($("speed").value));
    if (playing) show(week + 1);
  }
  stop();
}

function stop() {
  playing = false;
  $("play").textContent = $("play").dataset.play;
}

function show(to) {
  if (!told) return;
  week = Math.min(Math.max(to, 0), told.weeks);
  $("week").value = week;
  const now = say("weekOf", { week, date: day(told.dates[week]) });
  $("week").setAttribute("aria-valuetext", now);
  $("now").textContent = now;
  timeline();
  space();
  offers();
  story();
  chart?.setData(trustUntil());
}

// ---- timeline ----

function timeline() {
  const wide = at(told.weeks) + AFTER, high = TOP + LANE * (told.groups.length + 1);
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, role: "img", "aria-label": $("now").textContent });
  svg.append(...told.groups.flatMap((group, n) => lane(group, TOP + LANE * (n + 0.5))));
  svg.append(...around(TOP + LANE * (told.groups.length + 0.4)));
  svg.append(drawn("line", { x1: at(week), x2: at(week), y1: 8, y2: high - 8, stroke: token("--colour-ink"), "stroke-dasharray": "2 4" }));
  const apart = [4, 13, 26, 52].find((weeks) => weeks * unit() > DATE) ?? 104;
  for (let tick = 0; tick <= told.weeks; tick += apart) {
    const anchor = !tick ? "start" : at(tick) + DATE / 2 > wide ? "end" : "middle";
    if (anchor === "end" && at(tick) - at(0) < 1.5 * DATE) continue; // it would lie on the first date
    svg.append(drawn("text", { x: at(tick), y: 18, "font-size": 14, "text-anchor": anchor }, day(told.dates[tick])));
  }
  $("timeline").replaceChildren(svg);
  $("timeline").scrollLeft = at(week) - 0.7 * $("timeline").clientWidth;
}

// As wide as its place; what is too long for that is scrolled.
const unit = () => Math.max(LEAST, ($("timeline").clientWidth - NAME - AFTER) / told.weeks);
const at = (when) => NAME + unit() * when;

function lane(group, y) {
  const mine = told.lanes.filter((each) => each.group === group.name && each.week <= week);
  const found = [
    drawn("line", { x1: NAME, x2: at(told.weeks), y1: y, y2: y, stroke: token("--colour-grid") }),
    drawn("text", { x: 0, y: y + 5, "font-size": 16, "font-weight": 600 }, short(group.name)),
  ];
  for (const [from, to] of frozen(mine)) {
    found.push(drawn("rect", { x: at(from), y: y - 14, width: Math.max(at(to) - at(from), 2), height: 28, fill: token("--colour-frozen") }));
  }
  return found.concat(mine.filter((each) => MARKS[each.kind]).map((each) => titled(MARKS[each.kind](at(each.week), y, group.colour), each.kind, each.week)));
}

const short = (name) => (name.length > 15 ? `${name.slice(0, 14)}…` : name);

function titled(mark, kind, when) {
  mark.append(drawn("title", {}, `${say(`kind.${kind}`)}, ${day(told.dates[when] ?? told.dates.at(-1))}`));
  return mark;
}

function frozen(marks) {
  const spans = [];
  let since = null;
  for (const each of marks) {
    if (each.kind === "freeze" || each.kind === "walkout") since ??= each.week;
    if (each.kind === "resume" && since !== null) {
      spans.push([since, each.week]);
      since = null;
    }
  }
  return since === null ? spans : [...spans, [since, Math.min(week + 1, told.weeks)]];
}

function around(y) {
  return told.around.filter((each) => each.week <= week).map((each) => {
    const size = each.kind === "incident" ? 4 + 12 * (each.value ?? 0) : 5;
    const mark = each.kind === "incident"
      ? drawn("path", { d: `M${at(each.week)} ${y - size}l${size} ${2 * size}h${-2 * size}z`, fill: token("--colour-ink") })
      : drawn("circle", { cx: at(each.week), cy: y + 18, r: 3, fill: token("--colour-quiet") });
    mark.append(drawn("title", {}, each.kind === "incident" ? say("incident") : say("visit", each)));
    return mark;
  });
}

function key() {
  const kinds = Object.entries(MARKS).map(([kind, mark]) => ({ words: say(`kind.${kind}`), mark: mark(0, 0, token("--colour-quiet")) }));
  kinds.push({ words: say("kind.freeze"), mark: drawn("rect", { x: -9, y: -9, width: 18, height: 18, fill: token("--colour-frozen") }) });
  kinds.push({ words: say("incident"), mark: drawn("path", { d: "M0 -9l9 18h-18z", fill: token("--colour-ink") }) });
  $("key").replaceChildren(...kinds.map(({ words, mark }) => element("li", {}, drawn("svg", { viewBox: "-18 -18 36 36", "aria-hidden": "true" }, mark), ` ${words}`)));
}

// ---- utility space ----

function choices() {
  $("group").replaceChildren(...told.groups.map((group) => element("option", { value: group.name }, group.title)));
  pairs();
}

function pairs() {
  const { parties } = told.spaces[$("group").value], found = [];
  parties.forEach((one, n) => parties.slice(n + 1).forEach((other) => found.push([one, other])));
  $("pair").replaceChildren(...found.map((pair) => element("option", { value: JSON.stringify(pair) }, pair.join(" · "))));
}

const SIDE = 440, EDGE = 52;
const px = (value) => EDGE + value * (SIDE - EDGE - 16), py = (value) => SIDE - EDGE - value * (SIDE - EDGE - 16);
const colourOf = (name) => [...told.parties, ...told.mediators].find((each) => each.name === name)?.colour ?? token("--colour-ink");
const until = () => told.offers.filter((each) => each.group === $("group").value && each.week <= week);

function space() {
  const [one, other] = JSON.parse($("pair").value), place = told.spaces[$("group").value];
  const svg = drawn("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, role: "img", "aria-label": sentence(one, other) });
  frame(svg, one, other);
  if (place.parties.length === 2) svg.append(drawn("polyline", { points: place.pareto.map((u) => `${px(u[one])},${py(u[other])}`).join(" "), fill: "none", stroke: token("--colour-ink"), "stroke-width": 2 }));
  const made = until();
  made.forEach((each, n) => each.worth[one] !== null && svg.append(offer(each, one, other, 0.25 + 0.75 * ((n + 1) / made.length))));
  svg.append(named(px(place.no_agreement[one]), py(place.no_agreement[other]), "noAgreement"));
  if (place.nash) svg.append(named(px(place.nash[one]), py(place.nash[other]), "nash"));
  $("space").replaceChildren(svg);
}

function frame(svg, one, other) {
  for (let n = 0; n <= 4; n += 1) {
    const grid = { stroke: token("--colour-grid") };
    svg.append(drawn("line", { x1: px(0), x2: px(1), y1: py(n / 4), y2: py(n / 4), ...grid }), drawn("line", { x1: px(n / 4), x2: px(n / 4), y1: py(0), y2: py(1), ...grid }));
    svg.append(drawn("text", { x: px(n / 4), y: py(0) + 18, "text-anchor": "middle", "font-size": 13 }, number(n / 4, 2)));
    svg.append(drawn("text", { x: px(0) - 6, y: py(n / 4) + 4, "text-anchor": "end", "font-size": 13 }, number(n / 4, 2)));
  }
  svg.append(drawn("text", { x: px(0.5), y: SIDE - 8, "text-anchor": "middle", "font-size": 15, fill: colourOf(one) }, say("worth", { party: one })));
  svg.append(drawn("text", { x: 12, y: py(0.5), "text-anchor": "middle", "font-size": 15, transform: `rotate(-90 12 ${py(0.5)})` }, say("worth", { party: other })));
}

// Names stand where offers seldom are: beyond the frontier, and below what no agreement is worth.
const PLACES = { nash: { dx: 8, dy: -8, "text-anchor": "start" }, noAgreement: { dx: 0, dy: 20, "text-anchor": "middle" } };
const named = (x, y, kind) => drawn("g", {}, cross(x, y, token("--colour-ink")), drawn("text", { x, y, ...PLACES[kind], "font-size": 13, "paint-order": "stroke", stroke: token("--colour-paper"), "stroke-width": 4 }, say(kind)));

function offer(each, one, other, opacity) {
  const x = px(each.worth[one]), y = py(each.worth[other]), colour = colourOf(each.actor);
  const shapes = {
    proposal: () => drawn("circle", { cx: x, cy: y, r: 5, fill: colour, opacity }),
    draft: () => drawn("rect", { x: x - 5, y: y - 5, width: 10, height: 10, fill: "none", stroke: colour, "stroke-width": 2 }),
    signature: () => drawn("path", { d: `M${x} ${y - 12}l3.5 8 8.5 1-6.5 5.5 2 8.500-7.500-4.500-7.500 4.500 2-8.500-6.500-5.500 8.500-1z`, fill: token("--colour-ink") }),
  };
  const mark = shapes[each.kind]();
  mark.append(drawn("title", {}, `${say(each.kind, each)}, ${day(told.dates[each.week])}`));
  return mark;
}

function sentence(one, other) {
  const last = until().at(-1);
  if (!last || last.worth[one] === null) return say("none");
  return `${say(last.kind, last)}: ${one} ${number(last.worth[one], 2)}, ${other} ${number(last.worth[other], 2)}`;
}

function offers() {
  const { parties } = told.spaces[$("group").value];
  $("offers").tHead.replaceChildren(element("tr", {}, ...["", "", ...parties].map((name) => element("th", { scope: "col" }, name))));
  $("offers").tBodies[0].replaceChildren(
    ...until().reverse().slice(0, 60).map((each) => row(day(told.dates[each.week]), say(each.kind, each), ...parties.map((party) => (each.worth[party] === null ? "–" : number(each.worth[party], 2))))),
  );
}

// ---- trust and story ----

const seconds = () => told.dates.slice(0, told.weeks).map((date) => Date.parse(`${date}T00:00:00Z`) / 1000);
const trustUntil = () => [seconds(), ...told.parties.map((party) => told.trust[party.name].map((value, n) => (n <= week ? value : null)))];

function trust() {
  const dash = (text) => (text === "solid" ? [] : text.split(" ").map(Number));
  const series = told.parties.map((party) => ({ label: short(party.name), colour: party.colour, dash: dash(party.dash), values: told.trust[party.name] }));
  chart = lines($("trust"), seconds(), series, 1);
}

function story() {
  const here = told.story.filter((each, n) => (each.week === null ? n === 0 || week === told.weeks : each.week <= week));
  const place = $("story");
  if (place.children.length === here.length) return;
  place.replaceChildren(...here.map((each) => element("p", {}, ...(each.heading ? [element("strong", {}, `${each.heading}. `)] : []), each.words)));
  place.scrollTop = place.scrollHeight;
}
