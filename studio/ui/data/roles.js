// One list per column: what it is for. "Read again" hands the choice to the server.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
let task = null, sheet = "", encoding = ""; // task: one of props.value.tasks

$("h2").textContent = say("data_tab.roles_title");
$(".roles-help").textContent = say("data_tab.roles_help");
$(".alike span").textContent = say("data_tab.respell");
$(".merged span").textContent = say("import.fill_merged");
$(".encoding .column-name").textContent = say("import.encoding");
$(".which-sheet .column-name").textContent = say("data_tab.sheet");
$(".reread span").textContent = say("data_tab.reread");

$(".task").setAttribute("aria-label", say("data_tab.task"));

$(".which-sheet select").addEventListener("change", (event) => { sheet = event.target.value; });
$(".encoding select").addEventListener("change", (event) => { encoding = event.target.value; });

function role_here(role) { // what asks in one task asks in every other, and what answers answers
  if (task.roles.includes(role)) return role;
  const places = props.value.tasks.map((one) => one.roles.indexOf(role));
  return places.includes(0) ? task.roles[0] : places.includes(1) ? task.roles[1] : "ignore";
}

function offer(tasks) {
  $(".task").replaceChildren(...tasks.map((one) => {
    const pick = button("choice", "", say("data_tab.task_" + one.name));
    pick.dataset.task = one.name;
    pick.addEventListener("click", () => { task = one; paint(); });
    return pick;
  }));
}

function paint() {
  const value = props.value;
  element.querySelector(".roles").hidden = !value || !value.columns.length;
  if (!value) return;
  element.querySelectorAll("[data-task]").forEach((pick) => pick.setAttribute("aria-pressed", String(pick.dataset.task === task.name)));
  const sheets = value.sheets || [];
  $(".which-sheet").hidden = sheets.length < 2;
  $(".which-sheet select").replaceChildren(...sheets.map((name) => make("option", "", name)));
  $(".which-sheet select").value = sheet;
  const encodings = value.encodings || [];
  $(".encoding").hidden = !encodings.length;
  $(".encoding select").replaceChildren(...encodings.map((name) => make("option", "", name)));
  $(".encoding select").value = encoding;
  $(".merged").hidden = value.merged === null;
  const alike = task.labelled ? value.respellings || [] : [];
  $(".alike").hidden = !alike.length;
  $(".respellings").hidden = !alike.length;
  $(".respellings").replaceChildren(make("li", "", say("import.merging")), ...alike.map(([before, after, rows]) => make("li", "", say("import.respelling", { before, after, rows }))));
  $(".columns-of-file").replaceChildren(...value.columns.map(({ name, role }) => {
    const row = make("label", "column-of-file"), list = make("select");
    for (const known of task.roles) {
      const option = make("option", "", say("data_tab.role_" + known));
      option.value = known;
      list.append(option);
    }
    list.value = role_here(role);
    list.dataset.column = name;
    row.append(make("span", "column-name", name), list);
    return row;
  }));
}

$(".reread").addEventListener("click", () => {
  const roles = {};
  element.querySelectorAll(".columns-of-file select").forEach((list) => { roles[list.dataset.column] = list.value; });
  // another sheet, or text that was garbled, has other columns: their roles are guessed
  const moved = sheet !== props.value.sheet, recoded = encoding !== props.value.encoding;
  props.value = {
    ...props.value, task: task.name, roles: moved || recoded ? {} : roles, sheet: moved ? sheet : null, encoding: recoded ? encoding : null,
    respell: task.labelled && $(".alike input").checked, fill_merged: props.value.merged === null || $(".merged input").checked,
  };
  trigger("reread");
});

function open() {
  if (props.value?.roles) return; // our own choice on its way to the server
  const tasks = props.value?.tasks ?? [];
  task = tasks.find((one) => one.name === props.value.task) ?? null;
  offer(tasks);
  sheet = props.value?.sheet ?? "";
  encoding = props.value?.encoding ?? "";
  $(".alike input").checked = false;
  $(".merged input").checked = props.value?.merged !== false;
  paint();
}
watch("value", open);
open();
