// A lesson: one scene at a time. What was predicted is locked before it is run; words stay in this browser's window.

import { $, element, post, say } from "./common.js";
import { beside } from "./charts.js";
import { best, patient, reference } from "./waiting.js";
import "./print.js";

const place = $("lesson"), scenes = [...place.querySelectorAll(".scene")], KEPT = `lesson ${place.dataset.name}`;
const kept = { at: 0, said: {}, guess: {}, found: {}, ...JSON.parse(sessionStorage.getItem(KEPT) ?? "{}") };
const signal = new AbortController().signal;
const keep = () => sessionStorage.setItem(KEPT, JSON.stringify(kept));
const asked = new Set();

// ---- from scene to scene ----

function go(to, focus = true) {
  kept.at = Math.min(Math.max(to, 0), scenes.length - 1);
  keep();
  scenes.forEach((scene, n) => (scene.hidden = n !== kept.at));
  const scene = scenes[kept.at];
  if (scene.dataset.kind === "predict") enter(scene);
  if (scene.dataset.kind === "end") tell();
  steps();
  if (!focus) return;
  scene.querySelector("h2").focus({ preventScroll: true });
  scrollTo(0, 0);
}

// A prediction is made before one goes on.
function steps() {
  $("steps").hidden = false;
  $("back").hidden = kept.at === 0;
  $("next").hidden = kept.at === scenes.length - 1 || (scenes[kept.at].dataset.kind === "predict" && !(kept.at in kept.found));
}

$("back").addEventListener("click", () => go(kept.at - 1));
$("next").addEventListener("click", () => go(kept.at + 1));

scenes.forEach((scene, n) => {
  const words = scene.querySelector("textarea");
  if (!words) return;
  words.value = kept.said[n] ?? "";
  words.addEventListener("input", () => {
    kept.said[n] = words.value;
    keep();
  });
});

// ---- predict, lock, run, compare ----

const setup = (scene) => Object.fromEntries(new URLSearchParams(scene.dataset.setup));

function enter(scene) {
  if (asked.has(scene)) return;
  asked.add(scene);
  const n = scenes.indexOf(scene);
  reference(setup(scene), signal).then((words) => (scene.querySelector(".known").textContent = words), () => {});
  scene.querySelector(".lock").addEventListener("submit", (event) => {
    event.preventDefault();
    kept.guess[n] = scene.querySelector("input").value;
    keep();
    lock(scene, n);
    scene.querySelector(".run").focus();
  });
  scene.querySelector(".run").addEventListener("click", () => run(scene, n));
  if (n in kept.guess) lock(scene, n);
  if (n in kept.found) run(scene, n);
}

function lock(scene, n) {
  scene.querySelector(".lock").hidden = true;
  scene.querySelector("[data-locked]").hidden = false;
  scene.querySelector(".locked").textContent = say("locked", { n: kept.guess[n] });
}

async function run(scene, n) {
  const status = scene.querySelector(".status"), wait = (words) => (status.textContent = words);
  scene.querySelector(".run").hidden = true;
  wait(say("running"));
  try {
    const { query } = await patient(() => post("/explore/ask", { ...setup(scene), guess: kept.guess[n] }), signal, wait);
    compare(scene, n, await best(query, 1, signal, wait));
    wait("");
  } catch (error) {
    wait(error.message);
    scene.querySelector(".run").hidden = false;
  }
}

function compare(scene, n, found) {
  for (const each of scene.querySelectorAll("[data-compared]")) each.hidden = false;
  scene.querySelector(".sentences").replaceChildren(...found.sentences.map((each) => element("p", {}, each)));
  beside(scene.querySelector(".scale"), found.settled, found.guess, found.sentences.join(" "));
  const seen = n in kept.found;
  kept.found[n] = found.sentences[1];
  keep();
  steps();
  if (!seen) scene.querySelector(".answer").focus();
}

// ---- the end ----

function tell() {
  const told = scenes.flatMap((scene, n) => {
    const words = [n in kept.guess ? say("locked", { n: kept.guess[n] }) : "", kept.found[n], kept.said[n]].filter(Boolean);
    if (!words.length) return [];
    const question = scene.querySelector(".sheet") ?? scene.querySelector("h2");
    return [element("dt", {}, question.textContent.trim()), ...words.map((each) => element("dd", { dir: "auto" }, each))];
  });
  $("found").replaceChildren(...told);
}

go(kept.at, false);
