// How an answer is waited for: a busy server is asked again, and so is one that is starting anew.

import { get, number, pause, say } from "./common.js";

// tell: hears what to say meanwhile.
export async function patient(request, signal, tell) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await request();
    } catch (error) {
      const lost = error instanceof TypeError, busy = error.status === 503 || error.status === 429;
      if (error.name === "AbortError" || signal.aborted || !(lost || busy) || tries > 20) throw error;
      tell(lost ? say("lost") : error.message);
      await pause(busy ? 1000 * Math.max(error.after, 1) : Math.min(2000 * 2 ** tries, 30_000));
    }
  }
}

// The best answer beyond `have` histories.
export async function best(query, have, signal, tell) {
  for (;;) {
    const found = await patient(() => get(`/explore/answer?${query}&have=${have}`, signal), signal, tell);
    if (found.status === 200) return found;
    tell(have ? say("sharper", { n: number(have) }) : say("waiting", { n: found.waiting }));
  }
}

// What comes of A, which is known before B is predicted. `b` and what begins with it is left out.
export async function reference(fields, signal) {
  const query = new URLSearchParams(Object.entries(fields).filter(([key]) => !key.startsWith("b")));
  for (;;) {
    const { status, settled } = await get(`/explore/reference?${query}`, signal);
    if (status === 200) return say("known", { n: number(100 * settled, 1) });
  }
}
