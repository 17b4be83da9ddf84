// A lesson: one scene at a time. What was predicted is locked before it is run; words stay in this browser's window.

import { element, post, say } from "./common.js";
import { beside } from "./charts.js";
import { best, patient, reference } from "./waiting.js";

const signal = new AbortController().signal;
const setup = (scene) => Object.fromEntries(new URLSearchParams(scene.dataset.setup));

class Path {
  constructor(place) {
    this.scenes = [...place.querySelectorAll(".scene")];
    this.steps = place.querySelector(".steps-line");
    this.key = `lesson ${place.dataset.name}`;
    this.kept = { at: 0, said: {}, guess: {}, found: {}, ...JSON.parse(sessionStorage.getItem(this.key) ?? "{}") };
    this.asked = new Set();
    this.button("back").addEventListener("click", () => this.go(this.kept.at - 1));
    this.button("next").addEventListener("click", () => this.go(this.kept.at + 1));
    this.scenes.forEach((scene, n) => this.listen(scene.querySelector("textarea"), n));
    this.go(this.kept.at, false);
  }

  button(name) {
    return this.steps.querySelector(`.${name}`);
  }

  keep() {
    sessionStorage.setItem(this.key, JSON.stringify(this.kept));
  }

  // ---- from scene to scene ----

  go(to, focus = true) {
    this.kept.at = Math.min(Math.max(to, 0), this.scenes.length - 1);
    this.keep();
    this.scenes.forEach((scene, n) => (scene.hidden = n !== this.kept.at));
    const scene = this.scenes[this.kept.at];
    if (scene.dataset.kind === "predict") this.enter(scene);
    if (scene.dataset.kind === "end") this.tell(scene);
    this.offer();
    if (!focus) return;
    scene.querySelector("h2").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  // A prediction is made before one goes on.
  offer() {
    const { at, found } = this.kept, last = at === this.scenes.length - 1;
    this.steps.hidden = false;
    this.button("back").hidden = at === 0;
    this.button("next").hidden = last || (this.scenes[at].dataset.kind === "predict" && !(at in found));
  }

  listen(words, n) {
    if (!words) return;
    words.value = this.kept.said[n] ?? "";
    words.addEventListener("input", () => {
      this.kept.said[n] = words.value;
      this.keep();
    });
  }

  // ---- predict, lock, run, compare ----

  enter(scene) {
    if (this.asked.has(scene)) return;
    this.asked.add(scene);
    const n = this.scenes.indexOf(scene);
    reference(setup(scene), signal).then((words) => (scene.querySelector(".known").textContent = words), () => {});
    scene.querySelector(".lock").addEventListener("submit", (event) => {
      event.preventDefault();
      this.kept.guess[n] = scene.querySelector("input").value;
      this.keep();
      this.lock(scene, n);
      scene.querySelector(".run").focus();
    });
    scene.querySelector(".run").addEventListener("click", () => this.run(scene, n));
    if (n in this.kept.guess) this.lock(scene, n);
    if (n in this.kept.found) this.run(scene, n);
  }

  lock(scene, n) {
    scene.querySelector(".lock").hidden = true;
    scene.querySelector("[data-locked]").hidden = false;
    scene.querySelector(".locked").textContent = say("locked", { n: this.kept.guess[n] });
  }

  async run(scene, n) {
    const status = scene.querySelector(".status"), wait = (words) => (status.textContent = words);
    scene.querySelector(".run").hidden = true;
    wait(say("running"));
    try {
      const { query } = await patient(() => post("/explore/ask", { ...setup(scene), guess: this.kept.guess[n] }), signal, wait);
      this.compare(scene, n, await best(query, 1, signal, wait));
      wait("");
    } catch (error) {
      wait(error.message);
      scene.querySelector(".run").hidden = false;
    }
  }

  compare(scene, n, found) {
    for (const each of scene.querySelectorAll("[data-compared]")) each.hidden = false;
    scene.querySelector(".sentences").replaceChildren(...found.sentences.map((each) => element("p", {}, each)));
    beside(scene.querySelector(".scale"), found.settled, found.guess, found.sentences.join(" "));
    const seen = n in this.kept.found;
    this.kept.found[n] = found.sentences[1];
    this.keep();
    this.offer();
    if (!seen) scene.querySelector(".answer").focus();
  }

  // ---- the end ----

  tell(end) {
    const { guess, found, said } = this.kept;
    const told = this.scenes.flatMap((scene, n) => {
      const words = [n in guess ? say("locked", { n: guess[n] }) : "", found[n], said[n]].filter(Boolean);
      if (!words.length) return [];
      const question = scene.querySelector(".sheet") ?? scene.querySelector("h2"), { lang, dir } = question;
      return [element("dt", lang ? { lang, dir } : {}, question.textContent.trim()), ...words.map((each) => element("dd", { dir: "auto" }, each))];
    });
    end.querySelector(".found").replaceChildren(...told);
  }
}

export function begin(place) {
  new Path(place);
}

for (const place of document.querySelectorAll(".path:not([hidden])")) begin(place);
