// Build, the list: a file is opened as it is, byte for byte, and sent as text.

import { $, post, say } from "./common.js";

const MOST = 64 * 1024;

$("choose").hidden = false;
$("chosen").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file === undefined) return;
  const status = $("upload-status");
  if (file.size > MOST) {
    status.textContent = say("build.large");
    return;
  }
  status.textContent = say("build.opening");
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
    const { address } = await post("/build/begin", { how: "file", file: text, answer: "data" });
    location.assign(address);
  } catch (error) {
    status.textContent = error instanceof TypeError && !error.status ? say("build.encoding") : error.message;
  }
});
