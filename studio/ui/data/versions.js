// The versions of a dataset, newest first; below the list one version's rows, two versions compared, or a file to save.
import { $, button, count, make, options, pages, request, saveFile, say, tell, turns } from "../kit/page.js";

const { lang } = window.xiaozao;
/** @type {string | null} */
let dataset = null;
/** @type {VersionList | null} */
let known = null;
/** @type {object | null} what stands below the list */
let shown = null;

/** @param {string} key @param {Record<string, unknown>} [details] */
const v = (key, details) => say("versions." + key, details);
/** @param {number} version */
const called = (version) => v("version", { version });
/**
 * @template {Name} N
 * @param {N} name
 * @param {Asked<N>} data
 */
async function ask(name, data) {
  const answer = await request(name, { dataset, ...data });
  if (answer && !("error" in answer)) return answer;
  tell(answer?.error || say("ui.surprise"), "bad");
  return null;
}
async function load() {
  const of = dataset, answer = await ask("version_list", {});
  if (!answer || of !== dataset) return;
  known = answer;
  paint();
}

$(".versions-help").textContent = v("help");
$(".keep").textContent = v("freeze");
$(".keep").addEventListener("click", async () => {
  $("button.keep").disabled = true;
  tell(say("ui.saving"));
  const answer = await ask("keep_version", {});
  $("button.keep").disabled = false;
  if (!answer) return;
  await load();
  tell(v(answer.new ? "frozen" : "frozen_same", { version: answer.version }), "good");
});

/**
 * A list with its name in front.
 * @param {string} key
 * @param {Entry[]} entries
 * @param {string | number} value
 * @param {(value: string) => void} use
 */
function picker(key, entries, value, use) {
  const label = make("label", "picker"), list = make("select");
  options(list, entries, value);
  list.addEventListener("change", () => use(list.value));
  label.append(make("span", "", v(key)), list);
  return label;
}

// --- the list ---
function paint() {
  $(".versions").hidden = !known;
  if (!known) return;
  $(".version-cards").replaceChildren(...known.versions.map(card));
  $(".nothing").hidden = known.versions.length > 0;
  $(".nothing").textContent = v("none");
  paint_compare(known.versions.map((one) => one.version));
}
/** @param {Version} one @param {number} place */
function card(one, place) {
  const item = make("li", "version"), head = make("div", "version-head"), when = new Date(one.created * 1000);
  const time = make("time", "", when.toLocaleString(lang === "zh" ? "zh-CN" : "en", { dateStyle: "medium", timeStyle: "short" }));
  time.dateTime = when.toISOString();
  const name = called(one.version);
  head.append(make("h3", "", name));
  if (place === 0) head.append(make("span", "newest", v("newest")));
  head.append(time);
  const labels = one.labels.slice(0, 8).map(([label, n]) => label + " " + count(n)).join(" · ") + (one.labels.length > 8 ? " …" : "");
  const facts = make("p", "version-facts");
  facts.append(make("strong", "", v("rows", { n: count(one.rows) })));
  if (labels) facts.append(make("span", "", labels));
  const { train, validation, test } = one.parts, parts = { train: count(train), validation: count(validation), test: count(test) };
  facts.append(make("span", "", v(one.lesson === "facts" ? "parts_facts" : "parts", parts)));
  const runs = make("p", "version-runs", one.runs.length ? v("used_by", { runs: one.runs.join(lang === "zh" ? "、" : ", ") }) : v("used_by_none"));
  const tools = make("div", "version-tools"), see = button("quiet", "", v("view"), () => open_rows(one.version, 0));
  const take = button("quiet", "file", v("download"), () => open_file(one));
  see.setAttribute("aria-label", v("view") + " " + name);
  take.setAttribute("aria-label", v("download") + " " + name);
  tools.append(see, take);
  item.append(head, facts, runs, tools);
  return item;
}

// --- below the list ---
/** Puts a heading with a way to close it, and what belongs to it.
 * @param {string} title
 * @param {...HTMLElement} parts
 */
function stand(title, ...parts) {
  const pane = $(".version-shown"), head = make("div", "version-head"), close = button("quiet", "close", v("close"), () => {
    pane.hidden = true;
    shown = null;
    $(".keep").focus();
  });
  head.append(make("h3", "", title), close);
  pane.replaceChildren(head, ...parts);
  if (!pane.hidden) return;
  pane.hidden = false;
  pane.scrollIntoView({ block: "nearest" });
  pane.focus({ preventScroll: true });
}
/** @param {PageOf} shown @param {(page: number) => unknown} go */
function pages_bar(shown, go) {
  const bar = make("div", "pages"), { back, place, on, last } = pages(shown, go);
  bar.append(back, place, on);
  bar.hidden = last === 0;
  return bar;
}
/** @param {string[]} heads @param {HTMLElement[]} rows @param {string} [cls] */
function table(heads, rows, cls = "") {
  const whole = make("table", "frozen " + (known?.labelled ? "by-label" : "by-reply") + cls);
  const frame = make("div", "rows-frame"), head = make("thead"), line = make("tr"), body = make("tbody");
  for (const text of heads) {
    const th = make("th", "", text);
    th.scope = "col";
    line.append(th);
  }
  head.append(line);
  body.append(...rows);
  whole.append(head, body);
  frame.append(whole);
  return frame;
}
const target_head = () => (known?.compares ? say("data_tab.col_better") + " / " + say("data_tab.col_worse") : say(known?.labelled ? "data_tab.col_label" : "data_tab.col_reply"));
/** What comes below the better answer.
 * @param {Node} words
 */
function worse(words) {
  const line = make("p", "worse");
  line.append(make("small", "", say("data_tab.col_worse")), make("br"), words);
  return line;
}

/** @param {number} version @param {number} page */
async function open_rows(version, page) {
  const me = { version };
  shown = me;
  const answer = await ask("version_rows", { version, page });
  if (!answer || shown !== me) return;
  const rows = answer.rows.map((row) => {
    const tr = make("tr"), text = make("td", "text"), part = make("td", "part", say("data_tab.part_" + row.part));
    text.append(...turns(row.context), make("span", "", row.text));
    const target = make("td", "target", row.target);
    if (row.liked) target.append(make("small", "worse", say("data_tab.liked_" + row.liked)));
    else if (known?.compares) target.append(worse(make("span", "", row.rejected)));
    tr.append(make("td", "number", String(row.number)), text, target, part);
    return tr;
  });
  const heads = ["#", say("data_tab.col_text"), target_head(), say("data_tab.col_part")];
  stand(called(version), table(heads, rows), pages_bar({ ...answer, page }, (to) => open_rows(version, to)));
}

// --- two versions ---
let pair = { old: 0, new: 0 };
/** @param {number[]} numbers */
function paint_compare(numbers) {
  const form = $("form.compare");
  form.hidden = numbers.length < 2;
  if (form.hidden) return;
  if (!numbers.includes(pair.old) || !numbers.includes(pair.new)) pair = { old: numbers[1], new: numbers[0] };
  /** @type {Entry[]} */
  const entries = numbers.map((number) => [number, called(number)]);
  const go = button("quiet", "", v("compare"));
  go.type = "submit";
  form.replaceChildren(
    picker("compare_from", entries, pair.old, (value) => { pair.old = Number(value); }),
    picker("compare_to", entries, pair.new, (value) => { pair.new = Number(value); }), go);
  form.onsubmit = (event) => {
    event.preventDefault();
    tell("");
    if (pair.old === pair.new) return tell(v("compare_pick"), "bad");
    open_changes({ ...pair }, "all", 0);
  };
}
/** @param {Pair} two @param {string} kind @param {number} page */
async function open_changes(two, kind, page) {
  shown = two;
  const answer = await ask("version_changes", { ...two, kind, page });
  if (!answer || shown !== two) return;
  const { added, removed, changed } = answer.counts;
  const title = called(two.old) + " → " + called(two.new);
  if (added + removed + changed === 0) return stand(title, make("p", "soft", v("compare_same")));
  const kinds = make("div", "kinds");
  for (const [one, n] of Object.entries({ all: added + removed + changed, added, removed, changed })) {
    const words = v(one === "all" ? "compare_all" : "kind_" + one) + " " + count(n);
    const pick = button("choice", "", words, () => open_changes(two, one, 0));
    pick.setAttribute("aria-pressed", String(one === kind));
    pick.disabled = n === 0;
    kinds.append(pick);
  }
  const sum = make("p", "", v("compare_sum", { added: count(added), removed: count(removed), changed: count(changed) }));
  const rows = table(["#", say("data_tab.col_text"), target_head(), ""], answer.rows.map(change), " changes");
  stand(title, sum, kinds, rows, pages_bar({ ...answer, page }, (to) => open_changes(two, kind, to)));
}
/** What was, struck through, above what is.
 * @param {Change} one
 */
function change(one) {
  const tr = make("tr", one.kind), text = make("td", "text"), target = make("td", "target"), now = one.new || one.old;
  /** @param {HTMLElement} cell @param {Said} name */
  const both = (cell, name) => {
    if (one.old && one.new && one.old[name] !== one.new[name]) {
      const gone = make("del", "", one.old[name]), come = make("ins", "", one.new[name]);
      gone.setAttribute("aria-label", one.old[name] + " " + v("became"));
      cell.append(gone, come);
    } else cell.append(make(one.new ? one.old ? "span" : "ins" : "del", "", now?.[name]));
  };
  text.append(...turns(now?.context ?? []));
  both(text, "text");
  both(target, "target");
  if (known?.compares) {
    const words = make("span");
    both(words, "rejected");
    target.append(worse(words));
  }
  tr.append(make("td", "number", String(one.number)), text, target, make("td", "part", v("kind_" + one.kind)));
  return tr;
}

// --- a file ---
/** @type {Record<string, string>} */
const NOTES = { xlsx: "note_xlsx", csv: "note_csv", parquet: "note_parquet", datasets: "note_datasets" };
/** @param {Version} one */
function open_file(one) {
  shown = one;
  let format = "xlsx", part = "all";
  /** @type {Entry[]} */
  const formats = (known?.formats ?? []).map((name) => [name, v("format_" + name.replace("-", "_"))]);
  /** @type {Entry[]} */
  const parts = [["all", v("whole")], ...Object.keys(one.parts).map((name) => /** @type {Entry} */ ([name, say("data_tab.part_" + name)]))];
  const form = make("form", "compare"), go = button("strong", "file", v("save"));
  go.type = "submit";
  form.append(
    picker("format", formats, format, (value) => { format = value; note.textContent = v(NOTES[format] || "note_jsonl"); }),
    picker("which_part", parts, part, (value) => { part = value; }), go);
  const note = make("p", "soft", v(NOTES[format] || "note_jsonl"));
  form.onsubmit = async (event) => {
    event.preventDefault();
    go.disabled = true;
    tell(say("data_tab.preparing"));
    const file = await ask("version_file", { version: one.version, format, part });
    go.disabled = false;
    if (!file) return;
    saveFile(file);
    tell("");
  };
  stand(v("download_title", { version: one.version }), form, note);
}

function open() {
  const next = props.value?.dataset ?? null;
  if (next !== dataset) {
    dataset = next;
    known = shown = null;
    pair = { old: 0, new: 0 };
    $(".version-shown").hidden = true;
    tell("");
    paint();
  }
  if (dataset) load();
}
watch("value", open);
open();
