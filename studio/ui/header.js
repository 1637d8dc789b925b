// The bar above every tab: what runs now and what the machine is, asked for every three seconds; language and help.
import { $, make, put, repeated, request, say } from "./kit/page.js";

const { lang, switchTo } = window.xiaozao;
put($(".tagline"), say("ui.tagline"));
put($(".help-label"), say("ui.help"));
$(".help-open").setAttribute("aria-label", say("ui.help"));
$(".langs").setAttribute("aria-label", say("ui.language"));
for (const one of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-lang]"))) {
  const other = one.dataset.lang ?? "", on = other === lang;
  one.setAttribute("aria-pressed", String(on));
  one.addEventListener("click", () => { if (!on) switchTo(other); });
}

$(".leave").hidden = !props.locked;
put($(".leave"), say("ui.leave"));
$(".leave").addEventListener("click", async () => { await fetch("/logout", { method: "POST" }); location.reload(); });

const help = $("dialog.help");
put($(".help h2"), say("ui.help_title"));
put($(".help-more"), say("ui.help_more"));
$(".help-close").setAttribute("aria-label", say("ui.close"));
put($(".help-story"), say("story.title"));
put($(".help-intro"), say("story.intro"));
// What happens on each tab: what it is for, and the steps of the story that are taken there.
const steps = {
  data: ["one", "two", "three", "four"], model: ["five", "six"], train: ["seven"], chat: ["eight", "nine"],
};
let before = 0;
for (const [tab, told] of Object.entries(steps)) {
  const part = make("details"), list = make("ol");
  list.start = before + 1;
  before += told.length;
  part.dataset.tab = tab;
  part.append(make("summary", "", say("ui.help_" + tab)), list);
  for (const step of told) list.append(lesson(step));
  $(".help-steps").append(part);
}

/** @param {string} step */
function lesson(step) {
  const item = make("li"), yours = make("p", "yours");
  yours.append(make("b", "", say("story.try")), say("story." + step + "_do"));
  item.append(make("h4", "", say("story." + step + "_title")), make("p", "", say("story." + step)), yours);
  return item;
}

/** Opens at the tab that one is on. */
function opened() {
  const here = window.xiaozao.tab();
  for (const part of /** @type {NodeListOf<HTMLDetailsElement>} */ (element.querySelectorAll(".help-steps details"))) {
    part.open = part.dataset.tab === here;
  }
  help.showModal();
}

for (const fact of ["files", "private", "keys", "slow"]) {
  $(".help-facts").append(make("dt", "", say("ui.help_" + fact + "_q")), make("dd", "", say("ui.help_" + fact)));
}
$(".help-open").addEventListener("click", opened);
$(".help-close").addEventListener("click", () => help.close());
help.addEventListener("click", (event) => { if (event.target === help) help.close(); });

const TITLE = document.title;
let run = "", done = false;
/** A tab that nobody looks at says how far it is, and that it is done until somebody looks.
 * @param {Now} now
 */
function entitle(now) {
  done = (done || Boolean(now.ended)) && document.hidden;
  const percent = `${Math.floor(100 * now.progress)}%`;
  const title = now.run ? say("ui.title_training", { percent }) : done ? say("ui.title_done") : TITLE;
  if (title !== document.title) document.title = title;
}
/** The end of a run that was under way, told where somebody asked for it (train/about.js).
 * @param {Now} now
 */
function announce(now) {
  if (now.ended && document.hidden && localStorage.getItem("xiaozao.tell") === "yes" && "Notification" in globalThis && Notification.permission === "granted") {
    new Notification("小灶 Xiaozao", { body: now.ended, tag: run });
  }
  run = now.run;
}
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && done) document.title = TITLE;
});

repeated(3000, async () => {
  try {
    const now = await request("now", { was: run });
    if (!now || "error" in now) return;
    if (now.open !== props.open) trigger("changed"); // there is something behind another tab
    put($(".machine-text"), now.machine);
    if ($(".machine").title !== now.machine_title) $(".machine").title = now.machine_title;
    $(".trouble").hidden = !now.trouble;
    put($(".trouble-text"), now.trouble || "");
    $(".now").hidden = !now.run;
    if (now.run && $(".now-text").textContent !== now.doing) { // else the bar would be drawn for less than a percent
      put($(".now-text"), now.doing);
      $(".now progress").value = now.progress;
      $(".now progress").setAttribute("aria-label", now.doing);
    }
    entitle(now);
    announce(now);
  } catch {
    put($(".machine-text"), say("ui.offline"));
  }
}, () => (run ? 10_000 : 0));
