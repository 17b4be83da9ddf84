// What every page's script shares: words of the page's language, requests, small elements.

const words = JSON.parse(document.getElementById("words").textContent);
const csrf = document.querySelector('meta[name="csrf"]')?.content;

// A name or range set apart from a sentence that runs the other way, as `sim/web/texts.py` does.
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/;
export const isolated = (text) => {
  const apart = document.dir === "rtl" ? !/^[\d.,]*$/.test(text) : RIGHT_TO_LEFT.test(text);
  return apart ? `\u2068${text}\u2069` : text;
};

// A name of the scenario in the page's language.
export const named = (name) => words[`named.${name}`] ?? name;

const plural = new Intl.PluralRules(document.documentElement.lang);

// A number that is no word yet is what the text counts: it chooses the form, as `sim/web/texts.py` does.
export const say = (key, names = {}) => {
  const count = Object.values(names).find((each) => typeof each === "number");
  const text = words[`${key}|${count === undefined ? "" : plural.select(count)}`] ?? words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => isolated(named(String(names[name] ?? ""))));
};

export const $ = (id) => document.getElementById(id);

export const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Where a page is reopened as a query has it.
export const address = (query) => `${location.pathname}?${query}`;

// Fields as a form; the answer as data. Throws an Error whose message is a sentence of the server.
export const post = (path, fields) =>
  answered(fetch(path, { method: "POST", body: new URLSearchParams({ ...fields, csrf }) }));

export const get = (path, signal) => answered(fetch(path, { signal }));

async function answered(request) {
  const response = await request;
  if (response.status === 204) return null;
  const data = await response.json().catch((error) => {
    if (error.name === "AbortError") throw error; // nobody waits for it any more
    return null;
  });
  if (response.ok && data !== null) return { ...data, status: response.status };
  const error = new Error(data?.error ?? say("failed"));
  error.status = response.status;
  error.after = Number(response.headers.get("retry-after") ?? 0);
  throw error;
}

// An element with attributes and children; texts are texts, never markup.
export function element(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function drawn(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

export const row = (head, ...cells) =>
  element("tr", {}, element("th", { scope: "row" }, head), ...cells.map((cell) => element("td", {}, cell)));

// Days and numbers as the server writes them (`sim/web/texts.py`), also in a language that the browser does not know.

export function day(iso) {
  const [year, month, date] = iso.split("-");
  return say(`day.${Number(month)}`, { day: String(Number(date)), year });
}

export function number(value, places = 0) {
  const digits = fixed(value, places), sign = Number(digits) < 0 ? "−" : "";
  const [whole, decimals] = digits.replace("-", "").split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, words.thousands);
  return sign + (decimals ? grouped + words.decimal + decimals : grouped);
}

// Halves go to the even neighbour, as in Python: only a number of few binary places is a half exactly.
export function fixed(value, places) {
  const scaled = value * 10 ** places, down = Math.floor(scaled);
  const half = scaled - down === 0.5 && Number.isInteger(value * 2 ** (places + 1));
  return (half ? (down + (down % 2 === 0 ? 0 : 1)) / 10 ** places : value).toFixed(places);
}
