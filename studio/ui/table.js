// Fifty rows at a time from the server; a cell is saved when it is left, and "saved" is said after the commit.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const put = (target, text) => { if (target.textContent !== text) target.textContent = text; };
let dataset = null, shown = null, asked = { page: 0, search: "", label: "all" }, line = Promise.resolve();

function tell(text, kind) {
  put($(".state"), text);
  $(".state").className = "state " + kind;
}

function call(name, data, done) { // one request at a time, in order; data() is read when its turn has come
  line = line.then(async () => {
    const answer = await server[name]({ dataset, ...data() });
    if (!answer || answer.error) throw new Error(answer?.error || say("ui.not_saved"));
    await done(answer);
  }).catch((error) => tell(error.message || say("ui.not_saved"), "bad"));
  return line;
}

const load = () => call("table_page", () => asked, (answer) => { shown = answer; paint(); });
// Coming back to the view reads the rows again, but never under the hand of somebody who types.
const typing_now = () => $("tbody").contains(document.activeElement) || $(".unsaved");
const refresh = () => call("table_page", () => asked, (answer) => { if (!typing_now()) { shown = answer; paint(); } });
let later = 0;
function changed() {
  tell(say("ui.saved"), "good");
  clearTimeout(later);
  later = setTimeout(() => trigger("edited"), 700);
}

// --- tools ---
const search = make("input", "search");
search.type = "search";
search.placeholder = say("data_tab.search");
search.setAttribute("aria-label", say("data_tab.search"));
let typing = 0;
search.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(typing);
  typing = setTimeout(() => { asked = { ...asked, page: 0, search: search.value }; load(); }, 300);
});
search.addEventListener("compositionend", () => search.dispatchEvent(new Event("input")));
const filter = make("select", "filter");
filter.setAttribute("aria-label", say("data_tab.filter"));
filter.addEventListener("change", () => { asked = { ...asked, page: 0, label: filter.value }; load(); });
const add = button("quiet", "plus", say("data_tab.add_row"));
add.addEventListener("click", () => { $(".new-row").hidden = !$(".new-row").hidden; if (!$(".new-row").hidden) $(".new-row textarea").focus(); });
const undo = button("quiet", "undo", say("data_tab.undo"));
undo.addEventListener("click", () => call("undo_edit", () => ({}), async (answer) => {
  if (!answer.undone) return tell(say("data_tab.nothing_to_undo"), "");
  shown = await server.table_page({ dataset, ...asked });
  paint();
  changed();
}));
const download = button("quiet", "file", say("data_tab.download"));
download.addEventListener("click", () => {
  tell(say("data_tab.preparing"), "");
  call("cleaned_table", () => ({}), (file) => {
    const bytes = Uint8Array.from(atob(file.content), (char) => char.charCodeAt(0));
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
    tell("", "");
  });
});
$(".rows-tools").append(search, filter, add, undo, download);

function choice(labels, value) { // a list of labels for a cell
  const list = make("select");
  const known = value && !labels.includes(value) ? [...labels, value] : labels;
  for (const label of ["", ...known]) {
    const option = make("option", "", label || say("data_tab.no_label"));
    option.value = label;
    list.append(option);
  }
  list.value = value;
  return list;
}

function area(value) {
  const box = make("textarea");
  box.value = value;
  box.rows = 1;
  box.dir = "auto";
  const fit = () => { box.style.height = "auto"; box.style.height = box.scrollHeight + 2 + "px"; };
  box.addEventListener("input", fit);
  requestAnimationFrame(fit);
  return box;
}

function cell(row, field) {
  const classify = shown.task === "classify";
  const box = field === "target" && classify ? choice(shown.labels, row.target) : area(row[field]);
  box.setAttribute("aria-label", say(field === "text" ? "data_tab.col_text" : classify ? "data_tab.col_label" : "data_tab.col_reply") + " " + row.number);
  box.addEventListener("change", () => {
    tell(say("ui.saving"), "");
    call("edit_cell", () => ({ number: row.number, revision: row.revision, [field]: box.value }), (answer) => {
      row.revision = answer.revision;
      row[field] = answer[field];
      box.classList.remove("unsaved");
      changed();
    });
  });
  box.addEventListener("input", () => box.classList.add("unsaved"));
  return box;
}

function line_of(row) {
  const tr = make("tr");
  const remove = button("icon-only", "trash", "");
  remove.setAttribute("aria-label", say("data_tab.remove_row", { number: row.number }));
  remove.title = say("data_tab.remove_row", { number: row.number });
  remove.addEventListener("click", () => call("remove_row", () => ({ number: row.number }), async () => {
    shown = await server.table_page({ dataset, ...asked });
    paint();
    changed();
    tell(say("data_tab.removed", { number: row.number }), "good");
  }));
  const number = make("td", "number", String(row.number));
  const text = make("td", "text"), target = make("td", "target"), part = make("td", "part"), last = make("td", "last");
  for (const turn of row.context) text.append(make("p", "turn " + turn.role, turn.content));
  text.append(cell(row, "text"));
  target.append(cell(row, "target"));
  part.append(make("span", "part-" + (row.part || "none"), say("data_tab.part_" + (row.part || "none"))));
  last.append(remove);
  tr.append(number, text, target, part, last);
  return tr;
}

function paint() {
  $(".rows").hidden = !shown;
  if (!shown) return;
  const classify = shown.task === "classify";
  const heads = ["#", say("data_tab.col_text"), say(classify ? "data_tab.col_label" : "data_tab.col_reply"), say("data_tab.col_part"), ""];
  $("thead tr").replaceChildren(...heads.map((head, at) => {
    const th = make("th", ["number", "text", "target", "part", "last"][at], head);
    th.scope = "col";
    if (!head) th.setAttribute("aria-label", say("data_tab.col_remove"));
    return th;
  }));
  $("table").className = classify ? "by-label" : "by-reply";
  $("tbody").replaceChildren(...shown.rows.map(line_of));
  $(".nothing").hidden = shown.rows.length > 0;
  put($(".nothing"), say("data_tab.no_rows_found"));
  const options = [["all", say("data_tab.all_rows")], ["none", say("data_tab.only_unlabelled")]];
  if (classify) options.push(...shown.labels.map((label) => ["label:" + label, label]));
  filter.replaceChildren(...options.map(([value, text]) => { const o = make("option", "", text); o.value = value; return o; }));
  filter.value = asked.label;
  paint_pages();
  paint_new_row(classify);
}

function paint_pages() {
  const last = Math.max(0, Math.ceil(shown.total / shown.size) - 1);
  const turn = (text, to) => {
    const one = button("quiet", "", text);
    one.disabled = to < 0 || to > last;
    one.addEventListener("click", () => { asked = { ...asked, page: to }; load().then(() => element.scrollIntoView({ block: "start" })); });
    return one;
  };
  const from = shown.total ? asked.page * shown.size + 1 : 0;
  const where = make("span", "where", say("data_tab.where", { from, to: Math.min(from + shown.size - 1, shown.total), total: shown.total }));
  $(".pages").replaceChildren(turn(say("data_tab.page_back"), asked.page - 1), where, turn(say("data_tab.page_on"), asked.page + 1));
}

function paint_new_row(classify) {
  if ($(".new-row").dataset.for === dataset + classify) return;
  $(".new-row").dataset.for = dataset + classify;
  const text = area(""), target = classify ? make("input") : area("");
  text.placeholder = say(classify ? "data_tab.col_text" : "data_tab.col_question");
  target.placeholder = say(classify ? "data_tab.col_label" : "data_tab.col_reply");
  for (const box of [text, target]) box.setAttribute("aria-label", box.placeholder);
  const ok = button("strong", "", say("data_tab.add_row"));
  ok.type = "submit";
  $(".new-row").replaceChildren(text, target, ok);
  $(".new-row").onsubmit = (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    call("insert_row", () => ({ text: text.value.trim(), target: target.value.trim() }), async () => {
      text.value = target.value = "";
      asked = { page: 0, search: "", label: "all" };
      search.value = "";
      shown = await server.table_page({ dataset, ...asked });
      asked.page = Math.max(0, Math.ceil(shown.total / shown.size) - 1); // new rows are at the end
      shown = await server.table_page({ dataset, ...asked });
      paint();
      changed();
      text.focus();
    });
  };
}

function open() {
  const next = props.value?.dataset ?? null;
  if (next !== dataset) { dataset = next; shown = null; asked = { page: 0, search: "", label: "all" }; search.value = ""; tell("", ""); }
  if (dataset) refresh();
  else paint();
}
watch("value", open);
open();
