// Watch in a page that is a file: one of the histories that it keeps.

import { $ } from "./common.js";
import { begin } from "./watch.js";

$("replication").addEventListener("change", () => {
  $("watch").dataset.replication = $("replication").value;
  history.replaceState(null, "", `#watch?replication=${$("replication").value}`);
  begin();
});
if ($("replication").value !== $("watch").dataset.replication) $("replication").dispatchEvent(new Event("change"));
