// The bar above every tab: what runs now and what the machine is, asked for every two seconds; language and help.
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
for (const step of ["data", "model", "train", "chat"]) $(".help-steps").append(make("li", "", say("ui.help_" + step)));
for (const fact of ["files", "private", "keys", "slow"]) {
  $(".help-facts").append(make("dt", "", say("ui.help_" + fact + "_q")), make("dd", "", say("ui.help_" + fact)));
}
$(".help-open").addEventListener("click", () => help.showModal());
$(".help-close").addEventListener("click", () => help.close());
help.addEventListener("click", (event) => { if (event.target === help) help.close(); });

repeated(2000, async () => {
  try {
    const now = await request("now", {});
    if (!now || "error" in now) return;
    if (now.open !== props.open) trigger("changed"); // there is something behind another tab
    put($(".machine-text"), now.machine);
    $(".machine").title = now.machine_title;
    $(".trouble").hidden = !now.trouble;
    put($(".trouble-text"), now.trouble || "");
    $(".now").hidden = !now.run;
    if (now.run) {
      put($(".now-text"), now.run);
      $(".now progress").value = now.progress;
      $(".now progress").setAttribute("aria-label", now.run);
    }
  } catch {
    put($(".machine-text"), say("ui.offline"));
  }
});
