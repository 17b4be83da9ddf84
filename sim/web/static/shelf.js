// Lessons in a page that is a file: their list, the path of each, the worksheet of each; one of them is shown.

import { $ } from "./common.js";
import { begin } from "./lesson.js";

const page = $("page-lessons"), begun = new Set();

function open(hash) {
  const asked = new URLSearchParams(hash.split("?")[1]);
  const place = $(`lesson-${asked.get("lesson")}`) ?? $(`sheet-${asked.get("sheet")}`) ?? $("lessons-list");
  for (const each of page.querySelectorAll(".shown")) each.hidden = each !== place;
  const path = place.querySelector(".path");
  if (path && !begun.has(path)) begin(path);
  begun.add(path);
  return place;
}

// Whoever reads by ear goes on at the heading.
function go(event) {
  event.preventDefault();
  const { hash } = event.currentTarget;
  history.replaceState(null, "", hash);
  const heading = open(hash).querySelector("h1");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  scrollTo(0, 0);
}

open(location.hash);
for (const link of page.querySelectorAll('a[href^="#lessons"]')) link.addEventListener("click", go);
