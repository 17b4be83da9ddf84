// The words of a scenario in another language: each goes to the file at once.

import { $, post, say } from "./common.js";

let sending = Promise.resolve();

for (const button of document.querySelectorAll(".keep")) button.hidden = true;
for (const field of document.querySelectorAll(".words :is(input, textarea)")) {
  field.addEventListener("change", () => wait(field));
  if (field.value !== field.defaultValue) wait(field); // written before this script was there
}

// One after the other, so that none meets a file that is being changed.
function wait(field) {
  sending = sending.then(() => keep(field));
}

async function keep({ form, name, value }) {
  $("kept").textContent = say("build.saving");
  try {
    const { said } = await post(form.action, { [name]: value, answer: "data" });
    $("kept").textContent = said;
  } catch (error) {
    $("kept").textContent = error instanceof TypeError ? say("failed") : error.message;
  }
}
