// The bar above every tab: what runs now and what the machine is, asked for every two seconds; language and help.
const $ = (selector) => element.querySelector(selector);
const say = window.xiaozao.say;
const put = (target, text) => { if (target.textContent !== text) target.textContent = text; };

put($(".tagline"), say("ui.tagline"));
put($(".help-label"), say("ui.help"));
$(".help-open").setAttribute("aria-label", say("ui.help"));
$(".langs").setAttribute("aria-label", say("ui.language"));
element.querySelectorAll("[data-lang]").forEach((button) => {
  const on = button.dataset.lang === window.xiaozao.lang;
  button.setAttribute("aria-pressed", String(on));
  button.addEventListener("click", () => { if (!on) window.xiaozao.switchTo(button.dataset.lang); });
});

const help = $(".help");
put($(".help h2"), say("ui.help_title"));
put($(".help-more"), say("ui.help_more"));
$(".help-close").setAttribute("aria-label", say("ui.close"));
for (const step of ["data", "model", "train", "chat"]) {
  const item = document.createElement("li");
  item.textContent = say("ui.help_" + step);
  $(".help-steps").append(item);
}
for (const fact of ["files", "private", "keys", "slow"]) {
  const term = document.createElement("dt"), told = document.createElement("dd");
  term.textContent = say("ui.help_" + fact + "_q");
  told.textContent = say("ui.help_" + fact);
  $(".help-facts").append(term, told);
}
$(".help-open").addEventListener("click", () => help.showModal());
$(".help-close").addEventListener("click", () => help.close());
help.addEventListener("click", (event) => { if (event.target === help) help.close(); });

let busy = false;
async function ask() {
  if (busy || document.hidden) return;
  busy = true;
  try {
    const now = await server.now({});
    if (!now || now.error) return;
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
  } catch (error) {
    put($(".machine-text"), say("ui.offline"));
  } finally {
    busy = false;
  }
}
ask();
const timer = setInterval(() => (element.isConnected ? ask() : clearInterval(timer)), 2000);
