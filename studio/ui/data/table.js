// Fifty rows at a time from the server; a cell is saved when it is left, and "saved" is said after the commit.
import { $, button, growing, input, make, options, pages, put, rested, saveFile, say, tell, turns } from "../kit/page.js";
import { chooseNone, forget, paintChosen, pick, pickPage } from "./chosen.js";
import { again, ANYTHING, call, changed, picker, show, table, whenShown } from "./rows.js";
import { ways } from "./ways.js";

whenShown(paint);
const load = () => call("table_page", () => table.asked, show);
// Coming back to the view reads the rows again, but never under the hand of somebody who types.
const typing_now = () => $("tbody").contains(document.activeElement) || element.querySelector(".unsaved") !== null;
const refresh = () => call("table_page", () => table.asked, (answer) => { if (!typing_now()) show(answer); });

/** Other rows are wanted: what was chosen among the former is chosen no more.
 * @param {Partial<Wanted>} change
 */
function ask(change) {
  table.asked = { ...table.asked, page: 0, ...change };
  chooseNone();
  return load();
}

// --- tools ---
const search = input("search", "search");
search.placeholder = say("data_tab.search");
search.setAttribute("aria-label", say("data_tab.search"));
const typed = rested(300, () => ask({ search: search.value }));
search.addEventListener("input", (event) => { if (!(event instanceof InputEvent && event.isComposing)) typed(); });
search.addEventListener("compositionend", typed);
const filter = picker("filter", "data_tab.filter", (value) => ask({ label: value }));
const part = picker("filter", "table.part_filter", (value) => ask({ part: value }));
const SORTS = ["number", "number_down", "length", "length_down", "text", "target"];
const sort = picker("filter", "table.sort", (value) => ask({ sort: value.replace("_down", ""), descending: value.endsWith("_down") }));
const add = button("quiet", "plus", say("data_tab.add_row"), () => {
  $(".new-row").hidden = !$(".new-row").hidden;
  if (!$(".new-row").hidden) $(".new-row textarea").focus();
});
const undo = button("quiet", "undo", say("data_tab.undo"), () => call("undo_edit", () => ({}), async (answer) => {
  if (!answer.undone) return tell(say("data_tab.nothing_to_undo"));
  await again();
  changed(say("table.undone"));
}));
const download = button("quiet", "file", say("table.download"), () => {
  tell(say("data_tab.preparing"));
  call("cleaned_table", () => ({}), (file) => {
    saveFile(file);
    tell("");
  });
});
download.title = say("data_tab.download");
$(".rows-tools").append(search, filter, part, sort, add, undo, download);

/** @param {TablePage} shown */
function paint_tools(shown) {
  const { asked, why } = table;
  /** @type {Entry[]} */
  const labels = shown.labels.map((label) => ["label:" + label, label]);
  options(filter, [["all", say("data_tab.all_rows")], ["none", say("data_tab.only_unlabelled")], ...labels], asked.label);
  /** @type {Entry[]} */
  const parts = ["train", "validation", "test"].map((name) => [name, say("data_tab.part_" + name)]);
  options(part, [["all", say("table.any_part")], ["changed", say("table.only_changed")], ...parts], asked.part);
  /** @param {string} key */
  const name = (key) => say("table.sort_" + (key === "target" && !shown.labelled ? "reply" : key));
  options(sort, SORTS.map((key) => [key, name(key)]), asked.sort + (asked.descending ? "_down" : ""));
  const only = $(".only-these");
  only.hidden = asked.numbers === null;
  if (only.hidden) return;
  const all = button("quiet", "close", say("table.show_all"), () => { table.why = ""; ask({ numbers: null }); });
  only.replaceChildren(make("span", "", say(why ? "table.only_these" : "table.only_chosen", { why, n: shown.total })), all);
}

// --- rows ---
/** A list of labels for a cell.
 * @param {string[]} labels
 * @param {string} value
 */
function choice(labels, value) {
  const list = make("select");
  const known = value && !labels.includes(value) ? [...labels, value] : labels;
  options(list, ["", ...known].map((label) => [label, label || say("data_tab.no_label")]), value);
  return list;
}

/** @param {string} value */
function area(value) {
  const box = make("textarea");
  box.value = value;
  box.dir = "auto";
  growing(box);
  return box;
}

/** @param {TablePage} shown */
const thumbs = (shown) => shown.rows.some((row) => row.liked);
/** Whether people liked an answer that stands alone.
 * @param {string} liked
 */
function thumb(liked) {
  const list = make("select");
  options(list, ["up", "down"].map((name) => [name, say("data_tab.liked_" + name)]), liked);
  return list;
}

/** @param {TablePage} shown @param {Row} row @param {Said} field */
function cell(shown, row, field) {
  const box = field === "liked" ? thumb(row.liked) : field === "target" && shown.labelled ? choice(shown.labels, row.target) : area(row[field]);
  const names = { text: "data_tab.col_text", rejected: "data_tab.col_worse", liked: "data_tab.col_liked", target: row.liked ? "data_tab.col_reply" : target_key(shown) };
  box.setAttribute("aria-label", say(names[field]) + " " + row.number);
  box.addEventListener("change", () => {
    tell(say("ui.saving"));
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
/** @param {TablePage} shown */
const target_key = (shown) => (shown.labelled ? "data_tab.col_label" : shown.compares ? "data_tab.col_better" : "data_tab.col_reply");
/** The answers' column: the better one above the worse one, where a row has two.
 * @param {TablePage} shown
 */
const target_head = (shown) => thumbs(shown) ? say("data_tab.col_reply") + " / " + say("data_tab.col_liked")
  : say(target_key(shown)) + (shown.compares ? " / " + say("data_tab.col_worse") : "");

/** @param {string} drawing @param {string} key @param {number} number @param {() => void} act */
function action(drawing, key, number, act) {
  const one = button("icon-only", drawing, "", act);
  one.setAttribute("aria-label", say(key, { number }));
  one.title = say(key, { number });
  return one;
}

/** @param {TablePage} shown @param {Row} row */
function line_of(shown, row) {
  const tr = make("tr");
  const remove = action("trash", "data_tab.remove_row", row.number, () => call("remove_row", () => ({ number: row.number }), async () => {
    forget(row.number);
    await again();
    changed(say("data_tab.removed", { number: row.number }));
  }));
  remove.classList.add("remove");
  const more = action("ways", "table.more_ways", row.number, () => ways(row, tr, more));
  more.setAttribute("aria-expanded", "false");
  const number = make("td", "number"), label = make("label");
  label.append(pick(row.number), make("span", "", String(row.number)));
  number.append(label);
  const text = make("td", "text"), target = make("td", "target"), part = make("td", "part"), last = make("td", "last");
  text.append(...turns(row.context), cell(shown, row, "text"));
  target.append(cell(shown, row, "target"));
  if (row.liked) target.append(make("small", "worse", say("data_tab.col_liked")), cell(shown, row, "liked"));
  else if (shown.compares) target.append(make("small", "worse", say("data_tab.col_worse")), cell(shown, row, "rejected"));
  part.append(make("span", "part-" + (row.part || "none"), say("data_tab.part_" + (row.part || "none"))));
  if (row.changed) part.append(make("small", "was-changed", say("table.was_changed")));
  last.append(more, remove);
  tr.append(number, text, target, part, last);
  return tr;
}

function paint() {
  const { shown } = table;
  $(".rows").hidden = !shown;
  if (!shown) return;
  const heads = ["", say("data_tab.col_text"), target_head(shown), say("data_tab.col_part"), ""];
  $("thead tr").replaceChildren(...heads.map((head, at) => {
    const th = make("th", ["number", "text", "target", "part", "last"][at], head);
    th.scope = "col";
    if (at === 4) th.setAttribute("aria-label", say("data_tab.col_remove"));
    return th;
  }));
  const label = make("label");
  label.append(pickPage(shown.rows), make("span", "", "#"));
  $("th.number").append(label);
  $("table").className = shown.labelled ? "by-label" : "by-reply";
  $("tbody").replaceChildren(...shown.rows.map((row) => line_of(shown, row)));
  $(".nothing").hidden = shown.rows.length > 0;
  put($(".nothing"), say("data_tab.no_rows_found"));
  paint_tools(shown);
  paint_pages(shown);
  paintChosen();
  paint_new_row(shown);
}

/** @param {TablePage} shown */
function paint_pages(shown) {
  /** @param {number} page */
  const go = (page) => {
    table.asked = { ...table.asked, page };
    load().then(() => element.scrollIntoView({ block: "start" }));
  };
  const { back, place, on, last } = pages(shown, go);
  const jump = input("number", "page-number");
  jump.min = "1";
  jump.max = String(last + 1);
  jump.value = String(shown.page + 1);
  jump.setAttribute("aria-label", say("table.page_number"));
  jump.addEventListener("change", () => go(Math.min(Math.max(1, Math.round(Number(jump.value)) || 1), last + 1) - 1));
  $(".pages").replaceChildren(back, place, ...(last > 1 ? [jump] : []), on);
}

/** @param {TablePage} shown */
function paint_new_row(shown) {
  const { labelled, compares } = shown, form = $("form.new-row"), alone = thumbs(shown);
  const made_for = table.dataset + String(labelled) + String(compares) + String(alone);
  if (form.dataset.for === made_for) return;
  form.dataset.for = made_for;
  const text = area(""), target = labelled ? make("input") : area(""), rejected = area(""), liked = thumb("up");
  text.placeholder = say(labelled ? "data_tab.col_text" : "data_tab.col_question");
  target.placeholder = say(alone ? "data_tab.col_reply" : target_key(shown));
  rejected.placeholder = say("data_tab.col_worse");
  rejected.hidden = !compares || alone;
  liked.hidden = !alone;
  liked.setAttribute("aria-label", say("data_tab.col_liked"));
  for (const box of [text, target, rejected]) box.setAttribute("aria-label", box.placeholder);
  const ok = button("strong", "", say("data_tab.add_row"));
  ok.type = "submit";
  form.replaceChildren(text, target, rejected, liked, ok);
  form.onsubmit = (event) => {
    event.preventDefault();
    if (!text.value.trim()) return text.focus();
    call("insert_row", () => ({ text: text.value.trim(), target: target.value.trim(), rejected: rejected.value.trim(), liked: alone ? liked.value : "" }), async () => {
      text.value = target.value = rejected.value = search.value = "";
      table.why = "";
      table.asked = { ...ANYTHING, page: 1e9 }; // new rows are at the end
      await again();
      changed();
      text.focus();
    });
  };
}

function open() {
  const next = props.value?.dataset ?? null;
  const { picked } = window.xiaozao; // by the check-up
  const value = picked && picked.dataset === next ? picked : props.value;
  if (next) window.xiaozao.picked = null; // a table that is just there may not know its dataset yet
  if (next !== table.dataset || value?.numbers) {
    Object.assign(table, { dataset: next, shown: null, why: value?.why ?? "", asked: { ...ANYTHING, numbers: value?.numbers ?? null } });
    search.value = "";
    chooseNone();
    tell("");
  }
  if (table.dataset) refresh();
  else paint();
}
watch("value", open);
open();
