// On every other page of a member: where the class is, how much time is left, and "everybody stop".

import { $ } from "./common.js";
import { listen, set, stop } from "./live.js";

const bar = $("called"), timer = bar.querySelector("[data-timer]");

if (!$("stage")) {
  listen("/class/mine/events", "/class/mine/now", tell, () => {
    bar.hidden = true;
    stop("");
  });
}

function tell(news) {
  bar.hidden = false;
  set(timer, news.left, news.halt);
  stop(news.halt);
}
