// What cannot be undone is asked about first, and nobody says yes by a key that is still held down.

import { $ } from "./common.js";

// What is wrong must be seen, wherever it is folded away.
export function unfolded({ target }) {
  for (let place = target.closest("details"); place; place = place.parentElement.closest("details")) place.open = true;
}

// `question` gives the words to ask with for the button that was pressed, "" where nothing may be sent yet; what is sent
// is sent once. `before` is called when it goes. The Enter key presses the form's hidden button, which decides nothing.
export function ask(form, question, before = () => {}) {
  let pressed = null, agreed = false, sent = false;
  form.addEventListener("submit", (event) => {
    if (agreed && !sent) {
      sent = true;
      return before();
    }
    event.preventDefault();
    if (event.submitter.hidden || sent) return;
    pressed = event.submitter;
    $("sure-words").textContent = question(pressed);
    if ($("sure-words").textContent) $("sure").showModal();
  });
  $("sure").addEventListener("close", () => {
    agreed = $("sure").returnValue === "yes";
    $("sure").returnValue = "";
    if (agreed) form.requestSubmit(pressed);
    agreed = false;
  });
  form.addEventListener("invalid", unfolded, true);
  window.addEventListener("pageshow", () => { sent = false; });
}
