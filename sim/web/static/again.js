// What has not come is asked for again. This script stands alone: the server may be gone before the others come.
// Browsers keep it for a day, so that it is there although the server is not.

(() => {
  const FIRST = 2000, MOST = 30_000, TRIED = "again"; // so many times, kept while the page is loaded anew
  let missing = false, written = false;

  document.addEventListener("error", ({ target }) => ["SCRIPT", "LINK"].includes(target.tagName) && ask(), true);
  document.addEventListener("input", () => { written = true; });
  addEventListener("load", () => {
    document.getElementById("again").hidden = !missing;
    if (!missing) sessionStorage.removeItem(TRIED);
  });

  // What somebody has written is not thrown away: there is a link.
  async function ask() {
    if (missing) return;
    missing = true;
    for (let tries = Number(sessionStorage.getItem(TRIED)); !written; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(FIRST * 2 ** tries, MOST)));
      sessionStorage.setItem(TRIED, tries + 1);
      const answer = await fetch(location.href, { cache: "no-store" }).catch(() => null);
      if (answer?.ok && !written) return location.reload();
      const { lost } = JSON.parse(document.getElementById("words").textContent);
      document.querySelector("#again span").textContent = lost;
    }
  }
})();
