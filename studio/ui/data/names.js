// What each label is called: codes are asked for at once, words can be changed behind a click.
import { $, answered, composing, count, input, make, put, reason, request, say, tell } from "../kit/page.js";

/** @type {LabelName[]} */
let labels = [];
let longest = 40, round = 0;
const save = $(".names-end button");
put(save, say("label.names_save"));
put($("h2"), say("label.names_ask"));

/** @param {LabelName} one */
function row(one) {
  const line = make("label", "names-row"), box = input("text");
  box.value = one.code ? one.guess : one.label;
  box.placeholder = say("label.names_example");
  box.maxLength = longest;
  box.dataset.label = one.label;
  box.autocomplete = "off";
  const head = make("span", "names-head");
  head.append(make("strong", "", one.label), make("span", "soft", say("label.names_rows", { rows: count(one.rows) })));
  const texts = make("span", "names-texts");
  texts.append(...one.texts.map((text) => make("span", "", text)));
  line.append(head, texts, box);
  return line;
}

function paint() {
  const codes = labels.filter((one) => one.code), asked = codes.length > 0;
  $("section.names").hidden = !labels.length;
  $("section.names").classList.toggle("folded", !asked);
  $(".names-asked").hidden = !asked;
  put($(".names-help"), say("label.names_ask_help", { codes: codes.map((one) => one.label).join(", ") }));
  const rows = (asked ? codes : labels).map(row);
  if (asked) return $(".names-list").replaceChildren(...rows);
  const folded = make("details", "names-more");
  folded.append(make("summary", "", say("label.names_open")), make("p", "names-help", say("label.names_help")), ...rows);
  folded.addEventListener("toggle", () => { $(".names-end").hidden = !folded.open; });
  $(".names-list").replaceChildren(folded);
}

async function rename() {
  const boxes = /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll(".names-row input"));
  const names = Object.fromEntries([...boxes].map((box) => [box.dataset.label ?? "", box.value.trim()]));
  save.disabled = true;
  tell(say("ui.saving"));
  try {
    const { changed } = answered(await request("name_labels", { dataset: props.value?.dataset, names }));
    tell(say("label.names_saved", { rows: count(changed) }), "good");
    trigger("edited");
    await open();
  } catch (error) {
    tell(reason(error), "bad");
  }
  save.disabled = false;
}
save.addEventListener("click", rename);
element.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target instanceof HTMLInputElement && !composing(event)) rename();
});

async function open() {
  const mine = ++round, dataset = props.value?.dataset;
  const found = dataset ? await request("label_names", { dataset }) : null;
  if (mine !== round) return;
  labels = found && "labels" in found ? found.labels : [];
  if (found && "longest" in found) longest = found.longest;
  paint();
  $(".names-end").hidden = !labels.some((one) => one.code);
}
watch("value", () => { tell(""); open(); });
open();
