// A page that is a file: all its pages in one, and an address whose end (#explore?b.effort=1) reopens what was chosen.

import { $ } from "./common.js";

const pages = ["explore", "watch", "lessons"], places = {};
const TAKES = { number: /^(\d{1,2}|100)$/, range: /^\d+(\.\d+)?$/ };
let here = pages[0];

function open(name) {
  here = name;
  for (const each of pages) $(`page-${each}`).hidden = each !== name;
  for (const link of document.querySelectorAll("header nav a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  window.dispatchEvent(new Event("resize"));
}

// Whoever changes pages finds each as it was left.
function go(event) {
  const name = event.target.closest("a").hash.slice(1);
  event.preventDefault();
  places[here] = location.hash;
  history.replaceState(null, "", places[name] || `#${name}`);
  open(name);
}

const named = (hash) => hash.slice(1).split("?");

function restore() {
  const [name, query] = named(location.hash);
  open(pages.includes(name) ? name : pages[0]);
  for (const [key, value] of new URLSearchParams(query ?? "")) put(key, value);
}

function put(key, value) {
  const [control] = document.getElementsByName(key);
  if (!control || !(TAKES[control.type]?.test(value) ?? true)) return;
  if (control.dataset.levels) value = nearest(JSON.parse(control.dataset.levels), Number(value));
  const before = control.value;
  control.value = value;
  if (control.value === "") control.value = before; // a list without this value
  if (control.closest(".row")) control.dataset.moved = "";
}

const nearest = (levels, value) =>
  levels.reduce((best, each, n) => (Math.abs(each - value) < Math.abs(levels[best] - value) ? n : best), 0);

restore();
for (const link of document.querySelectorAll("header nav a")) link.addEventListener("click", go);
window.addEventListener("hashchange", () => pages.includes(named(location.hash)[0]) && location.reload());
