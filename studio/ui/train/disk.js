// What runs take on the disk, asked for when it is opened; what finished ones need no more goes after a second click.
import { $, answered, make, put, reason, request, say, tell } from "../kit/page.js";

const clear = $("button.clear");
/** @type {string[]} */
let runs = [];
let sure = false;
put($("summary"), say("train_tab.disk"));

async function look() {
  sure = false;
  try {
    const found = answered(await request("disk_used", {}));
    runs = found.runs;
    put($(".total"), found.total);
    put($(".gain"), found.gain);
    $(".used").replaceChildren(...found.rows.map((row) => {
      const line = make("li");
      line.append(make("span", "", row.title), make("strong", "", row.size));
      return line;
    }));
    clear.hidden = !runs.length;
    put(clear, say("train_tab.disk_clear"));
  } catch (error) {
    tell(reason(error), "bad");
  }
}
clear.addEventListener("click", async () => {
  if (!sure) {
    sure = true;
    return put(clear, say("train_tab.disk_sure"));
  }
  clear.disabled = true;
  try {
    tell(answered(await request("clear_disk", { runs })).words, "good");
  } catch (error) {
    tell(reason(error), "bad");
  }
  clear.disabled = false;
  await look();
});
$("details").addEventListener("toggle", () => {
  tell("");
  if ($("details").open) look();
});
