// One run's name and note, its curves as files, its log, and whether to be told when it ends.
import { $, answered, make, pages, put, reason, repeated, request, rested, saveFile, say, tell } from "../kit/page.js";

const given = () => /** @type {AboutRun | null} */ (props.value || null);
const form = $("form"), name = /** @type {HTMLInputElement} */ ($("form input")), note = $("form textarea");
const rename = $("button.rename"), notify = $("button.notify"), files = $(".save-as select"), log = $("details");
const search = $("input.search");
let page = 0, shown = "";
rename.append(make("span", "icon icon-pen"), make("span", "", say("train_tab.rename")));
notify.append(make("span", "icon icon-bell"), make("span"));
put($(".save-as span"), say("train_tab.save_curves"));
for (const word of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-word]"))) {
  put(word, say("train_tab.run_" + word.dataset.word));
}
put($("button.strong"), say("train_tab.rename_save"));
put($("button.cancel"), say("train_tab.rename_cancel"));
put($("summary"), say("train_tab.log"));
search.placeholder = say("train_tab.log_search");
search.setAttribute("aria-label", say("train_tab.log_search"));

// --- name and note ---
/** @param {boolean} open */
function edit(open) {
  form.hidden = !open;
  rename.hidden = open;
  if (open) name.focus();
}
rename.addEventListener("click", () => edit(true));
$("button.cancel").addEventListener("click", () => { fill(); edit(false); });
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const run = given()?.run ?? "";
  try {
    answered(await request("name_run", { run, name: name.value, note: note.value }));
    tell("");
    edit(false);
    trigger("changed");
  } catch (error) {
    tell(reason(error), "bad");
  }
});
function fill() {
  const run = given();
  name.value = run?.name ?? "";
  note.value = run?.note ?? "";
  name.placeholder = run?.recipe ?? "";
}

// --- curves as files ---
files.addEventListener("change", async () => {
  const format = files.value, run = given()?.run ?? "";
  if (!format) return;
  files.disabled = true;
  tell(say("train_tab.drawing"));
  try {
    saveFile(answered(await request("curves_file", { run, format })));
    tell("");
  } catch (error) {
    tell(reason(error), "bad");
  }
  files.value = "";
  files.disabled = false;
});

// --- the end, told by the browser; it is asked for leave by this click alone ---
function offer() {
  const can = "Notification" in globalThis && isSecureContext && Notification.permission !== "denied";
  notify.hidden = !can || !given()?.busy;
  const on = can && Notification.permission === "granted" && localStorage.getItem("xiaozao.tell") === "yes";
  put(/** @type {HTMLElement} */ (notify.lastChild), say(on ? "train_tab.notify_on" : "train_tab.notify"));
  notify.setAttribute("aria-pressed", String(on));
}
notify.addEventListener("click", async () => {
  const on = notify.getAttribute("aria-pressed") === "true";
  const leave = on ? "granted" : await Notification.requestPermission();
  localStorage.setItem("xiaozao.tell", !on && leave === "granted" ? "yes" : "no");
  if (leave === "denied") tell(say("train_tab.notify_denied"), "bad");
  offer();
});

// --- the log ---
const ask = repeated(3000, async () => {
  const run = given()?.run;
  if (!run || !log.open || element.offsetParent === null) return;
  const found = await request("log_lines", { run, search: search.value, page });
  if (!found || "error" in found || run !== given()?.run) return;
  $(".lines").replaceChildren(...found.lines.map((line) => {
    const one = make("p", line.kind);
    one.append(make("time", "", line.when), make("span", "", line.text));
    return one;
  }));
  if (!found.lines.length) $(".lines").append(make("p", "none", say("train_tab.log_none")));
  const turn = pages(found, (to) => { page = to; ask(); });
  $(".pages").replaceChildren(...(found.total > found.size ? [turn.back, turn.place, turn.on] : []));
  if (!given()?.busy) return 60_000;
});
log.addEventListener("toggle", ask);
search.addEventListener("input", rested(250, () => { page = 0; ask(); }));

function paint() {
  const run = given();
  if (run && run.run !== shown) {
    shown = run.run;
    page = 0;
    edit(false);
    tell("");
  }
  if (form.hidden) fill();
  const entries = [["", say("train_tab.save_as")], ...(run?.files ?? []).map((one) => [one, one.toUpperCase()])];
  files.replaceChildren(...entries.map(([value, text]) => {
    const one = make("option", "", text);
    one.value = value;
    return one;
  }));
  offer();
  ask();
}
watch("value", paint);
paint();
