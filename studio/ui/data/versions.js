// The versions of a dataset, newest first; below the list one version's rows, two versions compared, or a file to save.
const { say, make, button, lang } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const NOTES = { xlsx: "note_xlsx", csv: "note_csv", parquet: "note_parquet", datasets: "note_datasets" };
let dataset = null, known = null, shown = null; // shown: what stands below the list

const v = (key, details) => say("versions." + key, details);
const count = (n) => n.toLocaleString();
function tell(text, kind = "") {
  $(".state").textContent = text;
  $(".state").className = "state " + kind;
}
async function ask(name, data = {}) {
  const answer = await server[name]({ dataset, ...data });
  if (!answer || answer.error) { tell(answer?.error || say("ui.surprise"), "bad"); return null; }
  return answer;
}
async function load() {
  const of = dataset, answer = await ask("version_list");
  if (!answer || of !== dataset) return;
  known = answer;
  paint();
}

$(".versions-help").textContent = v("help");
$(".keep").textContent = v("freeze");
$(".keep").addEventListener("click", async () => {
  $(".keep").disabled = true;
  tell(say("ui.saving"));
  const answer = await ask("keep_version");
  $(".keep").disabled = false;
  if (!answer) return;
  await load();
  tell(v(answer.new ? "frozen" : "frozen_same", { version: answer.version }), "good");
});

function picker(key, entries, value, use) { // a list with its name in front
  const label = make("label", "picker"), list = make("select");
  for (const [id, text] of entries) {
    const option = make("option", "", text);
    option.value = id;
    list.append(option);
  }
  list.value = value;
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
  paint_compare();
}
function card(one, place) {
  const item = make("li", "version"), head = make("div", "version-head"), when = new Date(one.created * 1000);
  const time = make("time", "", when.toLocaleString(lang === "zh" ? "zh-CN" : "en", { dateStyle: "medium", timeStyle: "short" }));
  time.dateTime = when.toISOString();
  head.append(make("h3", "", v("version", { version: one.version })));
  if (place === 0) head.append(make("span", "newest", v("newest")));
  head.append(time);
  const labels = one.labels.slice(0, 8).map(([label, n]) => label + " " + count(n)).join(" · ") + (one.labels.length > 8 ? " …" : "");
  const facts = make("p", "version-facts");
  facts.append(make("strong", "", v("rows", { n: count(one.rows) })));
  if (labels) facts.append(make("span", "", labels));
  facts.append(make("span", "", v(one.lesson === "facts" ? "parts_facts" : "parts", { train: count(one.parts.train), validation: count(one.parts.validation), test: count(one.parts.test) })));
  const runs = make("p", "version-runs", one.runs.length ? v("used_by", { runs: one.runs.join(lang === "zh" ? "、" : ", ") }) : v("used_by_none"));
  const tools = make("div", "version-tools"), see = button("quiet", "", v("view")), take = button("quiet", "file", v("download"));
  const name = v("version", { version: one.version });
  see.setAttribute("aria-label", v("view") + " " + name);
  take.setAttribute("aria-label", v("download") + " " + name);
  see.addEventListener("click", () => open_rows(one.version, 0));
  take.addEventListener("click", () => open_file(one));
  tools.append(see, take);
  item.append(head, facts, runs, tools);
  return item;
}

// --- below the list ---
function stand(title, ...parts) { // puts a heading with a way to close it, and what belongs to it
  const pane = $(".version-shown"), head = make("div", "version-head"), close = button("quiet", "close", v("close"));
  close.addEventListener("click", () => { pane.hidden = true; shown = null; $(".keep").focus(); });
  head.append(make("h3", "", title), close);
  pane.replaceChildren(head, ...parts);
  if (!pane.hidden) return;
  pane.hidden = false;
  pane.scrollIntoView({ block: "nearest" });
  pane.focus({ preventScroll: true });
}
function pages(answer, page, go) {
  const bar = make("div", "pages"), last = Math.max(0, Math.ceil(answer.total / answer.size) - 1), from = answer.total ? page * answer.size + 1 : 0;
  const turn = (key, to) => {
    const one = button("quiet", "", say(key));
    one.disabled = to < 0 || to > last;
    one.addEventListener("click", () => go(to));
    return one;
  };
  bar.append(turn("data_tab.page_back", page - 1), make("span", "where", say("data_tab.where", { from, to: Math.min(from + answer.size - 1, answer.total), total: answer.total })), turn("data_tab.page_on", page + 1));
  bar.hidden = last === 0;
  return bar;
}
function table(heads, rows, cls) {
  const frame = make("div", "rows-frame"), whole = make("table", "frozen " + cls), head = make("thead"), line = make("tr"), body = make("tbody");
  heads.forEach((text) => { const th = make("th", "", text); th.scope = "col"; line.append(th); });
  head.append(line);
  body.append(...rows);
  whole.append(head, body);
  frame.append(whole);
  return frame;
}
const target_head = () => say(known.labelled ? "data_tab.col_label" : "data_tab.col_reply");
const widths = () => (known.labelled ? "by-label" : "by-reply");
function said(row) { // a row's text below what was said before it
  const cell = make("td", "text");
  for (const turn of row.context) cell.append(make("p", "turn " + turn.role, turn.content));
  cell.append(make("span", "", row.text));
  return cell;
}

async function open_rows(version, page) {
  const me = shown = { version };
  const answer = await ask("version_rows", { version, page });
  if (!answer || shown !== me) return;
  const rows = answer.rows.map((row) => {
    const tr = make("tr");
    tr.append(make("td", "number", String(row.number)), said(row), make("td", "target", row.target), make("td", "part", say("data_tab.part_" + row.part)));
    return tr;
  });
  const heads = ["#", say("data_tab.col_text"), target_head(), say("data_tab.col_part")];
  stand(v("version", { version }), table(heads, rows, widths()), pages(answer, page, (to) => open_rows(version, to)));
}

// --- two versions ---
let pair = { old: 0, new: 0 };
function paint_compare() {
  const numbers = known.versions.map((one) => one.version), form = $(".compare");
  form.hidden = numbers.length < 2;
  if (form.hidden) return;
  if (!numbers.includes(pair.old) || !numbers.includes(pair.new)) pair = { old: numbers[1], new: numbers[0] };
  const entries = numbers.map((number) => [number, v("version", { version: number })]);
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
async function open_changes(two, kind, page) {
  const me = shown = two;
  const answer = await ask("version_changes", { ...two, kind, page });
  if (!answer || shown !== me) return;
  const { added, removed, changed } = answer.counts;
  const title = v("version", { version: two.old }) + " → " + v("version", { version: two.new });
  if (added + removed + changed === 0) return stand(title, make("p", "soft", v("compare_same")));
  const kinds = make("div", "kinds");
  for (const [one, n] of [["all", added + removed + changed], ["added", added], ["removed", removed], ["changed", changed]]) {
    const pick = button("choice", "", v(one === "all" ? "compare_all" : "kind_" + one) + " " + count(n));
    pick.setAttribute("aria-pressed", String(one === kind));
    pick.disabled = n === 0;
    pick.addEventListener("click", () => open_changes(two, one, 0));
    kinds.append(pick);
  }
  const sum = make("p", "", v("compare_sum", { added: count(added), removed: count(removed), changed: count(changed) }));
  const rows = answer.rows.map(change);
  stand(title, sum, kinds, table(["#", say("data_tab.col_text"), target_head(), ""], rows, widths() + " changes"), pages(answer, page, (to) => open_changes(two, kind, to)));
}
function change(one) { // what was, struck through, above what is
  const tr = make("tr", one.kind), text = make("td", "text"), target = make("td", "target"), now = one.new || one.old;
  const both = (cell, name) => {
    if (one.old && one.new && one.old[name] !== one.new[name]) {
      const gone = make("del", "", one.old[name]), come = make("ins", "", one.new[name]);
      gone.setAttribute("aria-label", one.old[name] + " " + v("became"));
      cell.append(gone, come);
    } else cell.append(make(one.new ? one.old ? "span" : "ins" : "del", "", now[name]));
  };
  for (const turn of now.context) text.append(make("p", "turn " + turn.role, turn.content));
  both(text, "text");
  both(target, "target");
  tr.append(make("td", "number", String(one.number)), text, target, make("td", "part", v("kind_" + one.kind)));
  return tr;
}

// --- a file ---
function open_file(one, format = "xlsx", part = "all") {
  shown = one;
  const formats = known.formats.map((name) => [name, v("format_" + name.replace("-", "_"))]);
  const parts = [["all", v("whole")], ...Object.keys(one.parts).map((name) => [name, say("data_tab.part_" + name)])];
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
    window.xiaozao.save(file.name, window.xiaozao.bytes(file.content));
    tell("");
  };
  stand(v("download_title", { version: one.version }), form, note);
}

function open() {
  const next = props.value?.dataset ?? null;
  if (next !== dataset) { dataset = next; known = shown = null; pair = { old: 0, new: 0 }; $(".version-shown").hidden = true; tell(""); paint(); }
  if (dataset) load();
}
watch("value", open);
open();
