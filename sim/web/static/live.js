// News of a room as they come, a timer that runs by itself, and the word "stop" over everything.

import { $, get, say } from "./common.js";

const AGAIN = 4000, MOST = 32_000;

// Calls `tell` with each piece of news. A page that nobody looks at does not listen: browsers have few connections.
export function listen(events, now, tell, gone = () => location.reload()) {
  let source = null, wait = AGAIN;

  function open() {
    if (source || document.hidden) return;
    source = new EventSource(events);
    source.onmessage = ({ data }) => {
      const news = JSON.parse(data);
      heard();
      if (news.gone) end(gone);
      else tell(news);
    };
    source.onerror = () => {
      lost();
      if (source?.readyState === EventSource.CLOSED) ask();
    };
  }

  function close() {
    source?.close();
    source = null;
  }

  function end(what) {
    close();
    document.removeEventListener("visibilitychange", look);
    what();
  }

  // The server, or something in between, does not let us listen: ask, and try again later.
  async function ask() {
    close();
    try {
      tell(await get(now));
      heard();
    } catch (error) {
      if (error.status === 403 || error.status === 404) return end(gone);
      wait = Math.max(Math.min(2 * wait, MOST), 1000 * (error.after ?? 0));
    }
    setTimeout(open, wait);
  }

  function heard() {
    wait = AGAIN;
    $("again").hidden = true;
  }

  const look = () => (document.hidden ? close() : open());
  document.addEventListener("visibilitychange", look);
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", look);
  open();
}

// A page that hears nothing for a while says so, beside a link that loads it again.
function lost() {
  if (!$("again").hidden) return;
  $("again").querySelector("span").textContent = say("lost");
  $("again").hidden = false;
}

// A timer counts down by itself from the seconds that it was told, unless it is held.
const since = new WeakMap();

export function set(timer, left, halt) {
  timer.dataset.left = left ?? "";
  timer.dataset.halt = halt;
  since.set(timer, performance.now());
  tick(timer);
}

function tick(timer) {
  const held = timer.dataset.halt !== "", told = timer.dataset.left;
  if (!since.has(timer)) since.set(timer, performance.now());
  const gone = held ? 0 : (performance.now() - since.get(timer)) / 1000, left = Math.max(0, Math.ceil(Number(told) - gone));
  timer.textContent = told === "" ? "" : `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
}

setInterval(() => document.querySelectorAll("[data-timer][data-left]").forEach(tick), 250);

export function stop(halt) {
  const dialog = $("stopped");
  if (!dialog) return;
  if (halt === "stop" && !dialog.open) dialog.showModal();
  if (halt !== "stop" && dialog.open) dialog.close();
}
