// The words of a scenario in another language: each goes to the file at once.

import { $, post, say } from "./common.js";

let sending = Promise.resolve();

for (const button of document.querySelectorAll(".keep")) button.hidden = true;

document.querySelector("main").addEventListener("change", ({ target }) => {
  sending = sending.then(() => keep(target)); // one after the other, so that none meets a file that is being changed
});

async function keep({ form, name, value }) {
  $("kept").textContent = say("build.saving");
  try {
    const { said } = await post(form.action, { [name]: value, answer: "data" });
    $("kept").textContent = said;
  } catch (error) {
    $("kept").textContent = error instanceof TypeError ? say("failed") : error.message;
  }
}
