// Fifty rows at a time from the server; a cell is saved when it is left, and "saved" is said after the commit.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const put = (target, text) => { if (target.textContent !== text) target.textContent = text; };
const ANYTHING = { page: 0, search: "", label: "all", part: "all", sort: "number", descending: false, numbers: null };
let dataset = null, shown = null, asked = { ...ANYTHING }, why = "", line = Promise.resolve();
let chosen = new Set(), everything = false, last = null; // chosen rows, or everything that matches; the last one clicked

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

function show(answer) {
  shown = answer;
  asked = { ...asked, page: answer.page };
  paint();
}
const load = () => call("table_page", () => asked, show);
async function again() { // the page anew, within a call
  const answer = await server.table_page({ dataset, ...asked });
  if (answer.error) throw new Error(answer.error);
  show(answer);
}
// Coming back to the view reads the rows again, but never under the hand of somebody who types.
const typing_now = () => $("tbody").contains(document.activeElement) || $(".unsaved");
const refresh = () => call("table_page", () => asked, (answer) => { if (!typing_now()) show(answer); });
let later = 0;
function changed(text = say("ui.saved")) {
  tell(text, "good");
  clearTimeout(later);
  later = setTimeout(() => trigger("edited"), 700);
}

function ask(change) { // other rows are wanted: what was chosen among the former is chosen no more
  asked = { ...asked, page: 0, ...change };
  choose_none();
  return load();
}

// --- tools ---
function picker(cls, key, use) {
  const list = make("select", cls);
  list.setAttribute("aria-label", say(key));
  list.addEventListener("change", () => use(list.value));
  return list;
}
function options(list, entries, value) {
  const made = entries.map(([key, text]) => { const one = make("option", "", text); one.value = key; return one; });
  list.replaceChildren(...made);
  list.value = value;
}
const search = make("input", "search");
search.type = "search";
search.placeholder = say("data_tab.search");
search.setAttribute("aria-label", say("data_tab.search"));
let typing = 0;
search.addEventListener("input", (event) => {
  if (event.isComposing) return;
  clearTimeout(typing);
  typing = setTimeout(() => ask({ search: search.value }), 300);
});
search.addEventListener("compositionend", () => search.dispatchEvent(new Event("input")));
const filter = picker("filter", "data_tab.filter", (value) => ask({ label: value }));
const part = picker("filter", "table.part_filter", (value) => ask({ part: value }));
const SORTS = ["number", "number_down", "length", "length_down", "text", "target"];
const sort = picker("filter", "table.sort", (value) => ask({ sort: value.replace("_down", ""), descending: value.endsWith("_down") }));
const add = button("quiet", "plus", say("data_tab.add_row"));
add.addEventListener("click", () => { $(".new-row").hidden = !$(".new-row").hidden; if (!$(".new-row").hidden) $(".new-row textarea").focus(); });
const undo = button("quiet", "undo", say("data_tab.undo"));
undo.addEventListener("click", () => call("undo_edit", () => ({}), async (answer) => {
  if (!answer.undone) return tell(say("data_tab.nothing_to_undo"), "");
  await again();
  changed(say("table.undone"));
}));
const download = button("quiet", "file", say("table.download"));
download.title = say("data_tab.download");
download.addEventListener("click", () => {
  tell(say("data_tab.preparing"), "");
  call("cleaned_table", () => ({}), (file) => {
    window.xiaozao.save(file.name, window.xiaozao.bytes(file.content));
    tell("", "");
  });
});
$(".rows-tools").append(search, filter, part, sort, add, undo, download);

function paint_tools() {
  const classify = shown.labelled;
  const labels = classify ? shown.labels.map((label) => ["label:" + label, label]) : [];
  options(filter, [["all", say("data_tab.all_rows")], ["none", say("data_tab.only_unlabelled")], ...labels], asked.label);
  const parts = ["train", "validation", "test"].map((name) => [name, say("data_tab.part_" + name)]);
  options(part, [["all", say("table.any_part")], ["changed", say("table.only_changed")], ...parts], asked.part);
  const name = (key) => say("table.sort_" + (key === "target" && !classify ? "reply" : key));
  options(sort, SORTS.map((key) => [key, name(key)]), asked.sort + (asked.descending ? "_down" : ""));
  const only = $(".only-these");
  only.hidden = asked.numbers === null;
  if (only.hidden) return;
  const all = button("quiet", "close", say("table.show_all"));
  all.addEventListener("click", () => { why = ""; ask({ numbers: null }); });
  only.replaceChildren(make("span", "", say(why ? "table.only_these" : "table.only_chosen", { why, n: shown.total })), all);
}

// --- choosing rows ---
function choose_none() {
  chosen = new Set();
  everything = false;
  last = null;
}
function choose(row, on, ranging) {
  if (everything) chosen = new Set(shown.rows.map((one) => one.number)); // the rest of the page stays chosen
  everything = false;
  const numbers = shown.rows.map((one) => one.number);
  const ends = [numbers.indexOf(last), numbers.indexOf(row.number)].sort((a, b) => a - b);
  const range = ranging && ends[0] >= 0 ? numbers.slice(ends[0], ends[1] + 1) : [row.number];
  for (const number of range) on ? chosen.add(number) : chosen.delete(number);
  last = row.number;
  paint_chosen();
}
function paint_chosen() {
  const count = everything ? shown.total : chosen.size;
  const bar = $(".rows-chosen");
  for (const box of element.querySelectorAll("td .pick")) {
    box.checked = everything || chosen.has(Number(box.dataset.number));
    box.closest("tr").classList.toggle("picked", box.checked);
  }
  const page = $("th .pick"), here = shown.rows.filter((row) => everything || chosen.has(row.number)).length;
  page.checked = here > 0 && here === shown.rows.length;
  page.indeterminate = here > 0 && !page.checked;
  bar.hidden = count === 0;
  if (bar.hidden) return;
  const parts = [make("strong", "", say("table.chosen", { n: count.toLocaleString() }))];
  if (!everything && shown.total > count) {
    const all = button("quiet", "", say("table.choose_all", { n: shown.total.toLocaleString() }));
    all.addEventListener("click", () => { everything = true; paint_chosen(); });
    parts.push(all);
  }
  if (shown.labelled) parts.push(relabelling(count));
  const remove = button("quiet danger", "trash", say("table.remove_chosen"));
  remove.addEventListener("click", () => {
    if (!remove.classList.contains("sure")) { // the second click means it
      remove.classList.add("sure");
      return put(remove.lastChild, say("table.remove_sure", { n: count.toLocaleString() }));
    }
    many("remove_rows", {}, "table.removed_many", count);
  });
  const none = button("quiet", "close", say("table.unchoose"));
  none.addEventListener("click", () => { choose_none(); paint_chosen(); $("th .pick").focus(); });
  bar.replaceChildren(...parts, remove, none);
}
function relabelling(count) {
  const list = picker("filter relabel", "table.relabel_to", async (value) => {
    if (value !== "new") return many("relabel_rows", { target: value.slice(1) }, "table.relabelled", count);
    const box = make("input");
    box.type = "text";
    box.placeholder = say("data_tab.new_label");
    box.setAttribute("aria-label", say("table.relabel_to"));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") paint_chosen();
      if (event.key === "Enter" && !event.isComposing && box.value.trim()) many("relabel_rows", { target: box.value.trim() }, "table.relabelled", count);
    });
    list.replaceWith(box);
    box.focus();
  });
  const known = shown.labels.map((label) => ["=" + label, label]);
  options(list, [["", say("table.relabel")], ...known, ["=", say("data_tab.no_label")], ["new", say("table.new_label")]], "");
  return list;
}
function many(name, values, done, count) { // what is done to all chosen rows at once
  tell(say("table.working", { n: count.toLocaleString() }), "");
  const wanted = { ...asked, all: everything, chosen: [...chosen], ...values };
  call(name, () => wanted, async (answer) => {
    choose_none();
    await again();
    changed(say(done, { n: answer.changed.toLocaleString() }));
  });
}

// --- rows ---
function choice(labels, value) { // a list of labels for a cell
  const list = make("select");
  const known = value && !labels.includes(value) ? [...labels, value] : labels;
  options(list, ["", ...known].map((label) => [label, label || say("data_tab.no_label")]), value);
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
  const classify = shown.labelled;
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

function pick(row) {
  const box = make("input", "pick");
  box.type = "checkbox";
  box.dataset.number = row.number;
  box.setAttribute("aria-label", say("table.choose_row", { number: row.number }));
  box.addEventListener("click", (event) => choose(row, box.checked, event.shiftKey));
  return box;
}

function action(drawing, key, number, act) {
  const one = button("icon-only", drawing, "");
  one.setAttribute("aria-label", say(key, { number }));
  one.title = say(key, { number });
  one.addEventListener("click", act);
  return one;
}

function line_of(row) {
  const tr = make("tr");
  const remove = action("trash", "data_tab.remove_row", row.number, () => call("remove_row", () => ({ number: row.number }), async () => {
    chosen.delete(row.number);
    await again();
    changed(say("data_tab.removed", { number: row.number }));
  }));
  remove.classList.add("remove");
  const more = action("ways", "table.more_ways", row.number, () => ways(row, tr, more));
  more.setAttribute("aria-expanded", "false");
  const number = make("td", "number"), label = make("label");
  label.append(pick(row), make("span", "", String(row.number)));
  number.append(label);
  const text = make("td", "text"), target = make("td", "target"), part = make("td", "part"), last = make("td", "last");
  for (const turn of row.context) text.append(make("p", "turn " + turn.role, turn.content));
  text.append(cell(row, "text"));
  target.append(cell(row, "target"));
  part.append(make("span", "part-" + (row.part || "none"), say("data_tab.part_" + (row.part || "none"))));
  if (row.changed) part.append(make("small", "was-changed", say("table.was_changed")));
  last.append(more, remove);
  tr.append(number, text, target, part, last);
  return tr;
}

// --- more ways to say a row ---
function ways(row, tr, opener) {
  const open = tr.nextElementSibling?.classList.contains("ways") ? tr.nextElementSibling : null;
  opener.setAttribute("aria-expanded", String(!open));
  if (open) return open.remove();
  const line = make("tr", "ways"), cell = make("td"), box = make("div", "ways-box");
  cell.colSpan = 5;
  cell.append(box);
  line.append(cell);
  tr.after(line);
  call("other_phrasings", () => ({ number: row.number }), (answer) => paint_ways(row, box, answer.phrasings, opener));
}
function paint_ways(row, box, phrasings, opener, said = "") {
  const what = say(shown.labelled ? "table.ways_label" : "table.ways_answer");
  const list = make("ul"), boxes = phrasings.map((text) => {
    const item = make("li"), label = make("label"), tick = make("input");
    tick.type = "checkbox";
    tick.checked = true;
    tick.value = text;
    tick.addEventListener("change", count);
    label.append(tick, make("span", "", text));
    item.append(label);
    list.append(item);
    return tick;
  });
  const ok = button("strong", "plus", " "), model = button("quiet", "", say("table.ways_model")), close = button("quiet", "close", say("table.ways_close"));
  const ticked = () => boxes.filter((one) => one.checked).map((one) => one.value);
  function count() { put(ok.lastChild, say("table.ways_add", { n: ticked().length })); ok.disabled = !ticked().length; }
  ok.addEventListener("click", () => call("insert_phrasings", () => ({ number: row.number, texts: ticked() }), async (answer) => {
    await again();
    changed(say("table.ways_added", { n: answer.changed }));
  }));
  const note = make("p", "state", said);
  model.addEventListener("click", async () => { // not in line with the edits: a model takes its time
    model.disabled = true;
    put(note, say("table.ways_thinking"));
    const answer = await server.model_phrasings({ dataset, number: row.number });
    if (!box.isConnected) return;
    if (answer.error) { put(note, answer.error); model.disabled = false; return; }
    paint_ways(row, box, [...new Set([...phrasings, ...answer.phrasings])], opener);
  });
  close.addEventListener("click", () => { box.closest("tr").remove(); opener.setAttribute("aria-expanded", "false"); opener.focus(); });
  const head = make("p", "ways-head", phrasings.length ? say("table.ways_title", { what }) : say("table.ways_none"));
  const tools = make("div", "ways-tools");
  tools.append(...(phrasings.length ? [ok] : []), model, close);
  box.replaceChildren(head, list, tools, note);
  count();
}

function paint() {
  $(".rows").hidden = !shown;
  if (!shown) return;
  const classify = shown.labelled;
  const heads = ["", say("data_tab.col_text"), say(classify ? "data_tab.col_label" : "data_tab.col_reply"), say("data_tab.col_part"), ""];
  $("thead tr").replaceChildren(...heads.map((head, at) => {
    const th = make("th", ["number", "text", "target", "part", "last"][at], head);
    th.scope = "col";
    if (at === 4) th.setAttribute("aria-label", say("data_tab.col_remove"));
    return th;
  }));
  const whole = make("input", "pick"), label = make("label");
  whole.type = "checkbox";
  whole.setAttribute("aria-label", say("table.choose_page"));
  whole.addEventListener("change", () => {
    const on = whole.checked;
    if (everything) choose_none();
    for (const row of shown.rows) on ? chosen.add(row.number) : chosen.delete(row.number);
    paint_chosen();
  });
  label.append(whole, make("span", "", "#"));
  $("th.number").append(label);
  $("table").className = classify ? "by-label" : "by-reply";
  $("tbody").replaceChildren(...shown.rows.map(line_of));
  $(".nothing").hidden = shown.rows.length > 0;
  put($(".nothing"), say("data_tab.no_rows_found"));
  paint_tools();
  paint_pages();
  paint_chosen();
  paint_new_row(classify);
}

function paint_pages() {
  const last = Math.max(0, Math.ceil(shown.total / shown.size) - 1);
  const go = (to) => { asked = { ...asked, page: to }; load().then(() => element.scrollIntoView({ block: "start" })); };
  const turn = (text, to) => {
    const one = button("quiet", "", text);
    one.disabled = to < 0 || to > last;
    one.addEventListener("click", () => go(to));
    return one;
  };
  const from = shown.total ? asked.page * shown.size + 1 : 0;
  const where = make("span", "where", say("data_tab.where", { from, to: Math.min(from + shown.size - 1, shown.total), total: shown.total }));
  const jump = make("input", "page-number");
  jump.type = "number";
  jump.min = 1;
  jump.max = last + 1;
  jump.value = asked.page + 1;
  jump.setAttribute("aria-label", say("table.page_number"));
  jump.addEventListener("change", () => go(Math.min(Math.max(1, Math.round(Number(jump.value)) || 1), last + 1) - 1));
  $(".pages").replaceChildren(turn(say("data_tab.page_back"), asked.page - 1), where, ...(last > 1 ? [jump] : []), turn(say("data_tab.page_on"), asked.page + 1));
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
      text.value = target.value = search.value = "";
      why = "";
      asked = { ...ANYTHING, page: 1e9 }; // new rows are at the end
      await again();
      changed();
      text.focus();
    });
  };
}

function open() {
  const next = props.value?.dataset ?? null;
  const value = window.xiaozao.picked?.dataset === next ? window.xiaozao.picked : props.value; // by the check-up
  delete window.xiaozao.picked;
  if (next !== dataset || value?.numbers) {
    dataset = next;
    shown = null;
    asked = { ...ANYTHING, numbers: value?.numbers ?? null };
    why = value?.why ?? "";
    search.value = "";
    choose_none();
    tell("", "");
  }
  if (dataset) refresh();
  else paint();
}
watch("value", open);
open();
