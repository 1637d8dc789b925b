// One list per column: what it is for. "Read again" hands the choice to the server.
import { $, button, make, options, put, say } from "../kit/page.js";

/** @type {TaskChoice | null} the chosen one */
let task = null;
let sheet = "", encoding = "";
const sheets = $(".which-sheet select"), encodings = $(".encoding select"), alike = $(".alike input"), merged = $(".merged input");
/** @returns {Roles | null} */
const given = () => props.value || null;

put($("h2"), say("data_tab.roles_title"));
put($(".roles-help"), say("data_tab.roles_help"));
put($(".alike span"), say("data_tab.respell"));
put($(".merged span"), say("import.fill_merged"));
put($(".encoding .column-name"), say("import.encoding"));
put($(".which-sheet .column-name"), say("data_tab.sheet"));
put($(".reread span"), say("data_tab.reread"));
$(".task").setAttribute("aria-label", say("data_tab.task"));

sheets.addEventListener("change", () => { sheet = sheets.value; });
encodings.addEventListener("change", () => { encoding = encodings.value; });

/** What a column is for in the chosen task: what asks in one task asks in every other, and what answers answers.
 * @param {TaskChoice} chosen
 * @param {TaskChoice[]} tasks
 * @param {string} role
 */
function role_in(chosen, tasks, role) {
  if (chosen.roles.includes(role)) return role;
  const places = tasks.map((one) => one.roles.indexOf(role));
  return places.includes(0) ? chosen.roles[0] : places.includes(1) ? chosen.roles[1] : "ignore";
}

/** @param {TaskChoice[]} tasks */
function offer(tasks) {
  $(".task").replaceChildren(...tasks.map((one) => {
    const pick = button("choice", "", say("data_tab.task_" + one.name), () => { task = one; paint(); });
    pick.dataset.task = one.name;
    return pick;
  }));
}

function paint() {
  const value = given(), chosen = task;
  $("section.roles").hidden = !value?.columns.length;
  if (!value || !chosen) return;
  for (const pick of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-task]"))) {
    pick.setAttribute("aria-pressed", String(pick.dataset.task === chosen.name));
  }
  $(".which-sheet").hidden = value.sheets.length < 2;
  /** @type {Entry[]} */
  const every = value.sheet ? [] : [["", say("data_tab.every_sheet")]];
  /** @type {Entry[]} */
  const each = value.sheets.map((name) => [name, name]);
  options(sheets, [...every, ...each], sheet);
  $(".encoding").hidden = !value.encodings.length;
  options(encodings, value.encodings.map((name) => [name, name]), encoding);
  $(".merged").hidden = value.merged === null;
  const respelled = chosen.labelled ? value.respellings : [];
  $(".alike").hidden = $(".respellings").hidden = !respelled.length;
  const lines = respelled.map(([before, after, rows]) => say("import.respelling", { before, after, rows }));
  $(".respellings").replaceChildren(...[say("import.merging"), ...lines].map((text) => make("li", "", text)));
  $(".columns-of-file").replaceChildren(...value.columns.map(({ name, role }) => {
    const row = make("label", "column-of-file"), list = make("select");
    options(list, chosen.roles.map((known) => [known, say("data_tab.role_" + known)]), role_in(chosen, value.tasks, role));
    list.dataset.column = name;
    row.append(make("span", "column-name", name), list);
    return row;
  }));
}

$(".reread").addEventListener("click", () => {
  const value = given();
  if (!value || !task) return;
  /** @type {Record<string, string>} */
  const roles = {};
  for (const list of /** @type {NodeListOf<HTMLSelectElement>} */ (element.querySelectorAll(".columns-of-file select"))) {
    roles[list.dataset.column ?? ""] = list.value;
  }
  // another sheet, or text that was garbled, has other columns: their roles are guessed
  const moved = sheet !== value.sheet, recoded = encoding !== value.encoding;
  props.value = {
    ...value, task: task.name, roles: moved || recoded ? {} : roles, sheet: moved ? sheet : null, encoding: recoded ? encoding : null,
    respell: task.labelled && alike.checked, fill_merged: value.merged === null || merged.checked,
  };
  trigger("reread");
});

function open() {
  const value = given();
  if (value?.roles) return; // our own choice on its way to the server
  task = value?.tasks.find((one) => one.name === value.task) ?? null;
  offer(value?.tasks ?? []);
  sheet = value?.sheet ?? "";
  encoding = value?.encoding ?? "";
  alike.checked = false;
  merged.checked = value?.merged !== false;
  paint();
}
watch("value", open);
open();
