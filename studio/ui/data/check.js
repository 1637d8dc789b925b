// The score, a card for each finding, and its fix: first what would change, then the change, then the way back.
import { $, answered, button, count, make, put, reason, request, say } from "../kit/page.js";

const SVG = "http://www.w3.org/2000/svg";
const FIRST = 5, MORE = 20;
/** @type {string | null} */
let dataset = null;
/** @type {Seen | null} */
let seen = null;
/** @type {number | null} how far a check-up is */
let share = null;
let stopped = false;
let busy = false;

$(".check-working progress").setAttribute("aria-label", say("checkup.working"));
put($(".check-words h2"), say("checkup.score"));
const again = button("quiet check-again", "", say("checkup.again"), recheck);
$(".check-top").append(again);

const stop = button("quiet check-stop", "", say("checkup.stop"), () => {
  share = null;
  stopped = true;
  trigger("stopped");
  paint_working();
});
const anew = button("quiet", "", say("checkup.again"), recheck);
$(".check-working").append(stop, anew);

function recheck() {
  share = 0;
  stopped = false;
  paint_working();
  trigger("recheck");
}

/** A circle filled as far as the score goes.
 * @param {number} score
 */
function ring(score) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  for (const { cls, part } of [{ cls: "rest", part: 1 }, { cls: "part", part: score / 100 }]) {
    const circle = document.createElementNS(SVG, "circle");
    const drawn = { cx: 50, cy: 50, r: 44, class: cls, pathLength: 100, "stroke-dasharray": `${100 * part} 100` };
    for (const [name, value] of Object.entries(drawn)) circle.setAttribute(name, String(value));
    svg.append(circle);
  }
  $(".check-ring").className = "check-ring " + (score >= 80 ? "good" : score >= 50 ? "fair" : "poor");
  $(".check-ring").setAttribute("aria-label", `${say("checkup.score")} ${score} / 100`);
  $(".check-ring").replaceChildren(svg, make("strong", "", String(score)), make("small", "", say("checkup.out_of")));
}

/** Says what was done, with the way back.
 * @param {string} text
 * @param {boolean} undo
 */
function report(text, undo) {
  /** @type {HTMLElement[]} */
  const line = text ? [make("span", "icon icon-check"), make("span", "", text)] : [];
  if (undo) {
    const back = button("quiet check-undo", "undo", say("checkup.undo"), () => ask("undo_fix", {}, back, (answer) => {
      report(answer.words, false);
      changed();
    }));
    line.push(back);
  }
  $(".check-done").replaceChildren(...line);
  if (text) $(".check-done").scrollIntoView({ block: "center" }); // the card that was mended may be far below
}

function changed() {
  trigger("edited");
  recheck();
}

/**
 * One request at a time; what went wrong is said where it was asked.
 * @template {Name} N
 * @param {N} name
 * @param {Asked<N>} asked
 * @param {HTMLButtonElement} pressed
 * @param {(answer: Told<N>) => void} done
 */
async function ask(name, asked, pressed, done) {
  if (busy) return;
  busy = true;
  pressed.disabled = true;
  try {
    done(answered(await request(name, { dataset, ...asked })));
  } catch (error) {
    $(".check-done").replaceChildren(make("span", "state bad", reason(error)));
  } finally {
    busy = false;
    pressed.disabled = false;
  }
}

/** @param {Finding} finding */
function card(finding) {
  const box = make("div", "finding " + finding.severity);
  const mark = make("span", "mark");
  const drawing = finding.severity === "info" ? "info" : "warn";
  mark.append(make("span", "icon icon-" + drawing), make("span", "", say("checkup." + finding.severity)));
  const head = make("header");
  const rows_found = finding.count ? [make("span", "count", say("checkup.rows", { n: count(finding.count) }))] : [];
  head.append(make("h3", "", finding.title), ...rows_found, mark);
  const actions = make("div", "finding-actions"), rows = make("div", "finding-rows"), look = make("div", "finding-preview");
  rows.hidden = look.hidden = true;
  if (finding.fix) {
    const fix = button("strong fix", "", finding.fix, () => {
      ask("preview_fix", { kind: finding.kind }, fix, (answer) => show_preview(finding, look, answer));
    });
    actions.append(fix);
  }
  if (finding.allow) {
    const allow = button("quiet allow", "", finding.allow, () => ask("allow_finding", { kind: finding.kind }, allow, (done) => {
      report(done.words, false);
      changed();
    }));
    actions.append(allow);
  }
  if (finding.kind === "unlabelled" || finding.kind === "unanswered") {
    actions.append(button("quiet", "", say("checkup.to_label"), () => trigger("to_label")));
  }
  if (finding.count) {
    const words = make("span", "", say("checkup.show_rows")), show = button("quiet show", "", "", () => {
      const open = rows.hidden;
      rows.hidden = !open;
      show.setAttribute("aria-expanded", String(open));
      put(words, say(open ? "checkup.hide_rows" : "checkup.show_rows"));
      if (open && !rows.childElementCount) more_rows(finding, rows, show, FIRST);
    });
    show.append(words);
    show.setAttribute("aria-expanded", "false");
    const table = button("quiet", "", say("table.see_in_table"), () => { // it shows what it finds here when it opens
      window.xiaozao.picked = { dataset, numbers: finding.numbers, why: finding.title };
      trigger("to_table");
    });
    actions.append(show, table);
  }
  box.append(head, make("p", "why", finding.why), actions, look, rows);
  return box;
}

/** @param {Finding} finding @param {HTMLElement} rows @param {HTMLButtonElement} pressed @param {number} many */
function more_rows(finding, rows, pressed, many) {
  const list = rows.querySelector("ul") || rows.appendChild(make("ul"));
  const from = Number(list.dataset.shown || 0), numbers = finding.rows.slice(from, from + many);
  ask("finding_rows", { numbers }, pressed, (answer) => {
    for (const row of answer) {
      const item = make("li"), words = make("details"), twin = finding.twins[finding.rows.indexOf(row.number)];
      const summary = make("summary", "", row.text.slice(0, 120) + (row.text.length > 120 ? "…" : ""));
      summary.dir = "auto";
      words.append(summary);
      if (row.text.length > 120) words.append(make("p", "whole", row.text));
      if (row.target) words.append(make("p", "whole target", row.target));
      if (row.rejected) words.append(make("p", "whole worse", say("data_tab.col_worse") + ": " + row.rejected));
      const where = make("span", "where", say("checkup.row", { number: row.number }));
      item.append(where, words);
      if (row.target && row.target.length <= 40) item.append(make("span", "target", row.target));
      if (twin) item.append(make("small", "twin", say("checkup.like", { number: twin })));
      list.append(item);
    }
    list.dataset.shown = String(from + numbers.length);
    rows.querySelector(".more")?.remove();
    const left = finding.rows.length - from - numbers.length;
    if (left > 0) {
      const words = say("checkup.more_rows", { n: Math.min(left, MORE) });
      const more = button("quiet more", "", words, () => more_rows(finding, rows, more, MORE));
      rows.append(more);
    }
  });
}

/** @param {Finding} finding @param {HTMLElement} look @param {Preview} answer */
function show_preview(finding, look, answer) {
  const list = make("ul");
  for (const row of answer.sample) {
    const item = make("li");
    item.append(make("span", "where", say("checkup.row", { number: row.number })));
    const texts = make("div", "differences");
    for (const part of row.parts) {
      const line = make("p");
      line.dir = "auto";
      const gone = part.before ? [make("del", "", part.before)] : [], come = part.after ? [make("ins", "", part.after)] : [];
      line.append(part.head, ...gone, ...come, part.tail);
      if (part.note) line.append(make("small", "note", part.note));
      texts.append(line);
    }
    item.append(texts);
    list.append(item);
  }
  const confirm = button("strong do-it", "", say("checkup.confirm"), () => ask("apply_fix", { kind: finding.kind }, confirm, (done) => {
    report(done.words, done.undo);
    changed();
  }));
  const cancel = button("quiet not-now", "", say("checkup.cancel"), () => { look.hidden = true; });
  const buttons = make("div", "finding-actions");
  buttons.append(...(answer.any ? [confirm] : []), cancel);
  const more = answer.more ? [make("p", "soft", answer.more)] : [];
  look.replaceChildren(make("p", "does", finding.does), make("p", "words", answer.words), list, ...more, buttons);
  look.hidden = false;
  (answer.any ? confirm : cancel).focus({ preventScroll: true });
}

function paint_working() {
  const working = share !== null && share < 1;
  $(".check-working").hidden = !working && (!stopped || Boolean(seen));
  put($(".check-working p"), say(working ? "checkup.working" : "checkup.stopped"));
  $(".check-working progress").value = share || 0;
  $(".check-working progress").hidden = stop.hidden = !working;
  anew.hidden = working;
  again.disabled = working;
  for (const one of /** @type {NodeListOf<HTMLButtonElement>} */ (element.querySelectorAll(".finding button"))) one.disabled = working;
}

function paint() {
  $(".checkup").hidden = !dataset;
  $(".check-top").hidden = !seen;
  if (seen) {
    ring(seen.score);
    put($(".check-advice"), seen.advice);
    $(".check-findings").replaceChildren(...seen.findings.map(card));
    put($(".check-passed summary"), say("checkup.passed") + " (" + seen.passed.length + ")");
    $(".check-passed ul").replaceChildren(...seen.passed.map((title) => make("li", "", title)));
  } else {
    $(".check-findings").replaceChildren();
  }
  $(".check-well").hidden = !seen || seen.findings.length > 0;
  $(".check-well").replaceChildren(make("span", "icon icon-check"), make("span", "", say("checkup.all_well")));
  $(".check-passed").hidden = !seen?.passed.length;
  paint_working();
}

function open() {
  /** @type {CheckUp} */
  const value = props.value || { dataset: null };
  if (value.dataset !== dataset) {
    if (dataset && value.at === undefined) return; // of the one that was chosen before
    dataset = value.dataset;
    seen = null;
    share = null;
    stopped = false;
    report("", false);
    paint();
    if (dataset && value.share === undefined && element.offsetParent !== null) return recheck();
  }
  if (stopped && !value.seen) return; // it was on its way
  share = value.share ?? share;
  if (value.seen) { seen = value.seen; paint(); } else paint_working();
}
watch("value", open);
open();
