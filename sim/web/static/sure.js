// What cannot be undone is asked about first, and nobody says yes by a key that is still held down.

import { $ } from "./common.js";

// `question` gives the words to ask with, "" where nothing needs to be asked; then `send` is called with the form's event.
// The Enter key presses the form's hidden button, which decides nothing.
export function ask(form, question, send) {
  let asked = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter.hidden) return event.preventDefault();
    const words = asked ? "" : question();
    if (!words) return send(event);
    event.preventDefault();
    $("sure-words").textContent = words;
    $("sure").showModal();
  });
  $("sure").addEventListener("close", () => {
    asked = $("sure").returnValue === "yes";
    $("sure").returnValue = "";
    if (asked) form.requestSubmit(form.querySelector("button:not([hidden])"));
    asked = false;
  });
}
