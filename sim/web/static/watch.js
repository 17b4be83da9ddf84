// Watch: one history week by week. Everything is drawn for a week, from what had happened by then, so that going back is
// as easy as going on. The last week stands for the years in which agreements must hold, too.

import { $, day, drawn, element, get, isolated, named, number, pause, row, say, token } from "./common.js";
import { lines } from "./charts.js";

const SIDE_EDGE = 4, AFTER = 24, LEAST = 3, DATE = 135, LANE = 36; // pixels
const INK = () => token("--colour-ink"), QUIET = () => token("--colour-quiet"), PAPER = () => token("--colour-paper");
const cross = (x, y, colour) => drawn("path", { d: `M${x - 4} ${y - 4}l8 8m0 -8l-8 8`, stroke: colour, "stroke-width": 2 });
const triangle = (x, y, size) => drawn("path", { d: `M${x} ${y - size}l${size} ${2 * size}h${-2 * size}z`, fill: INK() });

// Marks on the timeline, each of one shape; what has a colour has it of whom it is of.
const MARKS = {
  round: (x, y) => drawn("line", { x1: x, x2: x, y1: y - 9, y2: y + 9, stroke: INK(), "stroke-width": 2 }),
  disruption: (x, y) => cross(x, y, QUIET()),
  draft: (x, y) => drawn("rect", { x: x - 4, y: y - 14, width: 8, height: 8, fill: PAPER(), stroke: INK(), "stroke-width": 2 }),
  signature: (x, y) => drawn("path", { d: `M${x} ${y + 10}v-26h12l-4 5l4 5h-12`, fill: PAPER(), stroke: INK(), "stroke-width": 2 }),
  refusal: (x, y) => drawn("path", { d: `M${x - 7} ${y - 6}h14M${x - 7} ${y + 6}h14`, stroke: INK(), "stroke-width": 3 }),
  in_force: (x, y) => drawn("circle", { cx: x, cy: y, r: 7, fill: INK() }),
  collapse: (x, y) => drawn("circle", { cx: x, cy: y, r: 6, fill: PAPER(), stroke: INK(), "stroke-width": 3 }),
};
const SPANS = ["freeze", "walkout"], AROUND = ["incident", "visit"];
const SPAN = {
  freeze: { fill: token("--colour-frozen") },
  walkout: { fill: token("--colour-frozen"), stroke: QUIET(), "stroke-dasharray": "3 3" },
};
const NOW = { stroke: INK(), "stroke-dasharray": "2 4" };
// A kind of event that has no mark or no words here gets a ring and its name.
const ring = (x, y) => drawn("circle", { cx: x, cy: y, r: 6, fill: PAPER(), stroke: QUIET(), "stroke-width": 2 });
const called = (kind) => (say(`kind.${kind}`) === `kind.${kind}` ? kind.replaceAll("_", " ") : say(`kind.${kind}`));
const marked = ({ kind }) => kind !== "resume" && !SPANS.includes(kind);
const visit = (x, y, who) => drawn("path", { d: `M${x - 5} ${y - 6}l10 6l-10 6z`, fill: colourOf(who) });

let told, week = 0, playing = false, chart;

begin();
new ResizeObserver(() => told && timeline()).observe($("lanes"));

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
  week = 0;
  choices();
  lanes();
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
  const now = ended() ? say("afterwards", { date: day(told.end) }) : say("weekOf", { week, date: day(told.dates[week]) });
  $("week").setAttribute("aria-valuetext", now);
  $("now").textContent = now;
  timeline();
  space();
  offers();
  story();
  chart?.setData(trustUntil());
}

const ended = () => week === told.weeks;
const happened = (each) => each.week <= week || ended();

// ---- timeline ----

// A row for each group, for incidents, and for visits to each party; its name above its marks, as long as it is.
function lanes() {
  const hosts = told.mediators.length ? told.parties.map(({ name }) => say("visits", { party: name })) : [];
  const names = [...told.groups.map(({ name }) => named(name)), say("incidents"), ...hosts];
  $("names").replaceChildren(...names.map((name) => element("div", {}, element("bdi", {}, name))));
}

const heights = () => [...$("names").children].map((each) => each.offsetTop + each.offsetHeight - LANE / 2);

function timeline() {
  const wide = at(told.weeks) + AFTER, high = $("names").offsetHeight, ys = heights();
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${high}`, width: wide, role: "img", "aria-label": $("now").textContent });
  svg.append(...ys.map((y) => drawn("line", { x1: at(0), x2: at(told.weeks), y1: y, y2: y, stroke: token("--colour-grid") })));
  svg.append(...told.groups.flatMap((group, n) => lane(group, ys[n])), ...around(ys.slice(told.groups.length)));
  svg.append(drawn("line", { x1: at(week), x2: at(week), y1: 8, y2: high - 8, ...NOW, "data-kind": "now" }));
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
const unit = () => Math.max(LEAST, ($("timeline").clientWidth - SIDE_EDGE - AFTER) / told.weeks);
const at = (when) => SIDE_EDGE + unit() * Math.min(when, told.weeks);

function lane(group, y) {
  const mine = told.lanes.filter((each) => each.group === group.name && happened(each));
  const spans = frozen(mine).map(({ kind, from, to }) => titled(span(kind, at(from), Math.max(at(to) - at(from), 2), y), kind, from));
  return spans.concat(mine.filter(marked).map((each) => titled((MARKS[each.kind] ?? ring)(at(each.week), y), each.kind, each.week)));
}

const span = (kind, x, width, y) => drawn("rect", { x, y: y - 12, width, height: 24, ...SPAN[kind] });

// `data-kind` is what the key calls it.
function titled(mark, kind, when, words = called(kind)) {
  mark.dataset.kind = kind;
  mark.append(drawn("title", {}, `${words}, ${day(told.dates[Math.min(when, told.weeks)])}`));
  return mark;
}

// A walkout while talks are frozen goes on with the freeze, and the other way round.
function frozen(marks) {
  const spans = [];
  for (const each of marks) {
    const open = spans.at(-1)?.to === null ? spans.at(-1) : null;
    if (open && (each.kind === "resume" || SPANS.includes(each.kind))) open.to = each.week;
    if (SPANS.includes(each.kind)) spans.push({ kind: each.kind, from: each.week, to: null });
  }
  return spans.map((each) => ({ ...each, to: each.to ?? Math.min(week + 1, told.weeks) }));
}

function around([incidents, ...visits]) {
  return told.around.filter(happened).map((each) => {
    if (each.kind === "incident") return titled(triangle(at(each.week), incidents, 4 + 8 * (each.value ?? 0)), "incident", each.week);
    if (each.kind !== "visit") return titled(ring(at(each.week), incidents), each.kind, each.week);
    const row = told.parties.findIndex(({ name }) => name === each.to);
    return titled(visit(at(each.week), visits[row], each.actor), `visit ${each.actor}`, each.week, say("visit", each));
  });
}

function key() {
  const kinds = Object.entries(MARKS).map(([kind, mark]) => [kind, say(`kind.${kind}`), mark(0, 0)]);
  for (const kind of SPANS) kinds.push([kind, say(`kind.${kind}`), span(kind, -12, 24, 0)]);
  kinds.push(["incident", say("kind.incident"), triangle(0, 0, 9)]);
  const others = [...told.lanes.filter(marked), ...told.around].map(({ kind }) => kind).filter((kind) => !MARKS[kind] && !AROUND.includes(kind));
  for (const kind of new Set(others)) kinds.push([kind, called(kind), ring(0, 0)]);
  for (const { name } of told.mediators) kinds.push([`visit ${name}`, say("visitOf", { actor: name }), visit(0, 0, name)]);
  kinds.push(["now", say("now"), drawn("line", { x1: 0, x2: 0, y1: -12, y2: 12, ...NOW })]);
  explain("key", kinds);
}

function explain(place, kinds) {
  $(place).replaceChildren(...kinds.map(([kind, words, mark]) =>
    element("li", { "data-kind": kind }, drawn("svg", { viewBox: "-15 -15 30 30", "aria-hidden": "true" }, mark), ` ${words}`)));
}

// ---- utility space ----

function choices() {
  $("group").replaceChildren(...told.groups.map((group) => element("option", { value: group.name }, group.title)));
  pairs();
}

function pairs() {
  const { parties } = told.spaces[$("group").value], found = [];
  parties.forEach((one, n) => parties.slice(n + 1).forEach((other) => found.push([one, other])));
  $("pair").replaceChildren(...found.map((pair) => element("option", { value: JSON.stringify(pair) }, pair.map((name) => isolated(named(name))).join(" · "))));
  spaceKey(parties);
}

const SIDE = 440, EDGE = 40;
const px = (value) => EDGE + value * (SIDE - EDGE - 16), py = (value) => SIDE - EDGE - value * (SIDE - EDGE - 16);
const colourOf = (name) => [...told.parties, ...told.mediators].find((each) => each.name === name)?.colour ?? INK();
const until = () => told.offers.filter((each) => each.group === $("group").value && happened(each));

const POINTS = {
  proposal: (x, y, colour) => drawn("circle", { cx: x, cy: y, r: 5, fill: colour }),
  draft: (x, y, colour) => drawn("rect", { x: x - 5, y: y - 5, width: 10, height: 10, fill: "none", stroke: colour, "stroke-width": 2 }),
  signature: (x, y) => drawn("path", { d: `M${x} ${y - 12}l3.5 8 8.5 1-6.5 5.5 2 8.500-7.500-4.500-7.500 4.500 2-8.500-6.500-5.500 8.500-1z`, fill: INK() }),
};
const frontier = (points) => drawn("polyline", { points, fill: "none", stroke: INK(), "stroke-width": 2, "data-kind": "frontier" });
const kindOf = (each) => (each.kind === "signature" ? each.kind : `${each.kind} ${each.actor}`);

function spaceKey(parties) {
  const kinds = parties.map((actor) => [`proposal ${actor}`, say("proposal", { actor }), POINTS.proposal(0, 0, colourOf(actor))]);
  for (const { name: actor } of told.mediators) kinds.push([`draft ${actor}`, say("draft", { actor }), POINTS.draft(0, 0, colourOf(actor))]);
  kinds.push(["signature", say("signature"), POINTS.signature(0, 0)]);
  for (const kind of Object.keys(PLACES)) kinds.push([kind, say(kind), PLACES[kind].mark(0, 0, INK())]);
  if (parties.length === 2) kinds.push(["frontier", say("frontier"), frontier("-14,-8 4,-4 14,10")]);
  explain("space-key", kinds);
}

function space() {
  const [one, other] = JSON.parse($("pair").value), place = told.spaces[$("group").value];
  const svg = drawn("svg", { viewBox: `0 0 ${SIDE} ${SIDE - 12}`, role: "img", "aria-label": sentence(one, other) });
  grid(svg);
  if (place.parties.length === 2) svg.append(frontier(place.pareto.map((u) => `${px(u[one])},${py(u[other])}`).join(" ")));
  const made = until();
  made.forEach((each, n) => each.worth[one] !== null && svg.append(offer(each, one, other, 0.25 + 0.75 * ((n + 1) / made.length))));
  svg.append(lettered(px(place.no_agreement[one]), py(place.no_agreement[other]), "noAgreement"));
  if (place.nash) svg.append(lettered(px(place.nash[one]), py(place.nash[other]), "nash"));
  $("space").replaceChildren(svg);
  $("across").textContent = `→ ${say("worth", { party: one })}`;
  $("up").textContent = `↑ ${say("worth", { party: other })}`;
}

function grid(svg) {
  const line = { stroke: token("--colour-grid") };
  for (let n = 0; n <= 4; n += 1) {
    svg.append(drawn("line", { x1: px(0), x2: px(1), y1: py(n / 4), y2: py(n / 4), ...line }), drawn("line", { x1: px(n / 4), x2: px(n / 4), y1: py(0), y2: py(1), ...line }));
    svg.append(drawn("text", { x: px(n / 4), y: py(0) + 18, "text-anchor": "middle", "font-size": 13 }, number(n / 4, 2)));
    svg.append(drawn("text", { x: px(0) - 6, y: py(n / 4) + 4, "text-anchor": "end", "font-size": 13 }, number(n / 4, 2)));
  }
}

// Names stand where offers seldom are: beyond the frontier, and below what no agreement is worth.
const diamond = (x, y, colour) => drawn("path", { d: `M${x} ${y - 6}l6 6l-6 6l-6 -6z`, fill: PAPER(), stroke: colour, "stroke-width": 2 });
const PLACES = {
  nash: { mark: diamond, beside: { dx: 8, dy: -8, "text-anchor": "start" } },
  noAgreement: { mark: cross, beside: { dx: 0, dy: 20, "text-anchor": "middle" } },
};
const lettered = (x, y, kind) => drawn("g", { "data-kind": kind }, PLACES[kind].mark(x, y, INK()), drawn("text", { x, y, ...PLACES[kind].beside, "font-size": 13, "paint-order": "stroke", stroke: PAPER(), "stroke-width": 4 }, say(kind)));

function offer(each, one, other, opacity) {
  const mark = titled(POINTS[each.kind](px(each.worth[one]), py(each.worth[other]), colourOf(each.actor)), kindOf(each), each.week, say(each.kind, each));
  if (each.kind === "proposal") mark.setAttribute("opacity", opacity);
  return mark;
}

function sentence(one, other) {
  const last = until().at(-1);
  if (!last || last.worth[one] === null) return say("none");
  return `${say(last.kind, last)}: ${isolated(named(one))} ${number(last.worth[one], 2)}, ${isolated(named(other))} ${number(last.worth[other], 2)}`;
}

function offers() {
  const { parties } = told.spaces[$("group").value];
  $("offers").tHead.replaceChildren(element("tr", {}, ...["", "", ...parties.map(named)].map((name) => element("th", { scope: "col", dir: "auto" }, name))));
  $("offers").tBodies[0].replaceChildren(
    ...until().reverse().map((each) => row(day(told.dates[each.week]), say(each.kind, each), ...parties.map((party) => (each.worth[party] === null ? "–" : number(each.worth[party], 2))))),
  );
}

// ---- trust and story ----

const seconds = () => told.dates.slice(0, told.weeks).map((date) => Date.parse(`${date}T00:00:00Z`) / 1000);
const trustUntil = () => [seconds(), ...told.parties.map((party) => told.trust[party.name].map((value, n) => (n <= week ? value : null)))];

function trust() {
  const dash = (text) => (text === "solid" ? [] : text.split(" ").map(Number));
  chart = lines($("trust"), seconds(), told.parties.map(({ colour, dash: how }, n) => ({ label: "", colour, dash: dash(how), values: trustUntil()[n + 1] })), 1);
  explain("trust-key", told.parties.map(({ name, colour, dash: how }) =>
    [`trust ${name}`, isolated(named(name)), drawn("line", { x1: -18, x2: 18, y1: 0, y2: 0, stroke: colour, "stroke-width": 5, "stroke-dasharray": how === "solid" ? "none" : how })]));
}

// The story as it went: the paragraphs that could be told by now.
function story() {
  const place = $("story"), [, now] = told.story.findLast(([since]) => since <= week);
  if (place.dataset.now === String(now)) return;
  place.dataset.now = now;
  const paragraphs = now.map((n) => told.paragraphs[n]);
  place.replaceChildren(...paragraphs.map(([heading, words]) => element("p", {}, ...(heading ? [element("strong", {}, `${heading}. `)] : []), words)));
  place.scrollTop = place.scrollHeight;
}
