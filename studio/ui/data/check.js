// The score, a card for each finding, and its fix: first what would change, then the change, then the way back.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const put = (target, text) => { if (target.textContent !== text) target.textContent = text; };
const SVG = "http://www.w3.org/2000/svg";
const FIRST = 5, MORE = 20;
let dataset = null, seen = null, share = null, busy = false;

put($(".check-working p"), say("checkup.working"));
$(".check-working progress").setAttribute("aria-label", say("checkup.working"));
put($(".check-words h2"), say("checkup.score"));
const again = button("quiet check-again", "", say("checkup.again"));
again.addEventListener("click", recheck);
$(".check-top").append(again);

function recheck() {
  share = 0;
  paint_working();
  trigger("recheck");
}

function ring(score) { // a circle filled as far as the score goes
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 100 100");
  for (const [cls, part] of [["rest", 1], ["part", score / 100]]) {
    const circle = document.createElementNS(SVG, "circle");
    for (const [name, value] of Object.entries({ cx: 50, cy: 50, r: 44, class: cls, pathLength: 100, "stroke-dasharray": `${100 * part} 100` })) circle.setAttribute(name, value);
    svg.append(circle);
  }
  $(".check-ring").className = "check-ring " + (score >= 80 ? "good" : score >= 50 ? "fair" : "poor");
  $(".check-ring").setAttribute("aria-label", `${say("checkup.score")} ${score} / 100`);
  $(".check-ring").replaceChildren(svg, make("strong", "", String(score)), make("small", "", say("checkup.out_of")));
}

function tell(text, undo) {
  const line = text ? [make("span", "icon icon-check"), make("span", "", text)] : [];
  if (undo) {
    const back = button("quiet check-undo", "undo", say("checkup.undo"));
    back.addEventListener("click", () => ask("undo_fix", {}, back, (answer) => { tell(answer.words, false); changed(); }));
    line.push(back);
  }
  $(".check-done").replaceChildren(...line);
  if (text) $(".check-done").scrollIntoView({ block: "center" }); // the card that was mended may be far below
}

function changed() {
  trigger("edited");
  recheck();
}

async function ask(name, asked, pressed, done) { // one at a time; what went wrong is said where it was asked
  if (busy) return;
  busy = true;
  pressed.disabled = true;
  try {
    const answer = await server[name]({ dataset, ...asked });
    if (!answer || answer.error) throw new Error(answer?.error || say("ui.not_saved"));
    done(answer);
  } catch (error) {
    $(".check-done").replaceChildren(make("span", "state bad", error.message || say("ui.not_saved")));
  } finally {
    busy = false;
    pressed.disabled = false;
  }
}

function card(finding) {
  const box = make("div", "finding " + finding.severity);
  const mark = make("span", "mark");
  mark.append(make("span", "icon icon-" + (finding.severity === "info" ? "info" : "warn")), make("span", "", say("checkup." + finding.severity)));
  const head = make("header");
  head.append(make("h3", "", finding.title), ...(finding.count ? [make("span", "count", say("checkup.rows", { n: finding.count.toLocaleString() }))] : []), mark);
  const actions = make("div", "finding-actions"), rows = make("div", "finding-rows"), look = make("div", "finding-preview");
  rows.hidden = look.hidden = true;
  if (finding.fix) {
    const fix = button("strong fix", "", finding.fix);
    fix.addEventListener("click", () => ask("preview_fix", { kind: finding.kind }, fix, (answer) => show_preview(finding, look, answer)));
    actions.append(fix);
  }
  if (finding.kind === "unlabelled" || finding.kind === "unanswered") {
    const go = button("quiet", "", say("checkup.to_label"));
    go.addEventListener("click", () => trigger("to_label"));
    actions.append(go);
  }
  if (finding.count) {
    const show = button("quiet show", "", say("checkup.show_rows"));
    show.setAttribute("aria-expanded", "false");
    show.addEventListener("click", () => {
      const open = rows.hidden;
      rows.hidden = !open;
      show.setAttribute("aria-expanded", String(open));
      put(show.lastChild, say(open ? "checkup.hide_rows" : "checkup.show_rows"));
      if (open && !rows.childElementCount) more_rows(finding, rows, show, FIRST);
    });
    const table = button("quiet", "", say("table.see_in_table"));
    table.addEventListener("click", () => { // the table shows what it finds here when it opens
      window.xiaozao.picked = { dataset, numbers: finding.numbers, why: finding.title };
      trigger("to_table");
    });
    actions.append(show, table);
  }
  box.append(head, make("p", "why", finding.why), actions, look, rows);
  return box;
}

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
      const where = make("span", "where", say("checkup.row", { number: row.number }));
      item.append(where, words);
      if (row.target && row.target.length <= 40) item.append(make("span", "target", row.target));
      if (twin) item.append(make("small", "twin", say("checkup.like", { number: twin })));
      list.append(item);
    }
    list.dataset.shown = from + numbers.length;
    rows.querySelector(".more")?.remove();
    const left = finding.rows.length - from - numbers.length;
    if (left > 0) {
      const more = button("quiet more", "", say("checkup.more_rows", { n: Math.min(left, MORE) }));
      more.addEventListener("click", () => more_rows(finding, rows, more, MORE));
      rows.append(more);
    }
  });
}

function show_preview(finding, look, answer) {
  const list = make("ul");
  for (const row of answer.sample) {
    const item = make("li");
    item.append(make("span", "where", say("checkup.row", { number: row.number })));
    const texts = make("div", "differences");
    for (const part of row.parts) {
      const line = make("p");
      line.dir = "auto";
      line.append(part.head, ...(part.before ? [make("del", "", part.before)] : []), ...(part.after ? [make("ins", "", part.after)] : []), part.tail);
      if (part.note) line.append(make("small", "note", part.note));
      texts.append(line);
    }
    item.append(texts);
    list.append(item);
  }
  const confirm = button("strong do-it", "", say("checkup.confirm")), cancel = button("quiet not-now", "", say("checkup.cancel"));
  confirm.addEventListener("click", () => ask("apply_fix", { kind: finding.kind }, confirm, (done) => { tell(done.words, done.undo); changed(); }));
  cancel.addEventListener("click", () => { look.hidden = true; });
  const buttons = make("div", "finding-actions");
  buttons.append(...(answer.any ? [confirm] : []), cancel);
  look.replaceChildren(make("p", "does", finding.does), make("p", "words", answer.words), list, ...(answer.more ? [make("p", "soft", answer.more)] : []), buttons);
  look.hidden = false;
  (answer.any ? confirm : cancel).focus({ preventScroll: true });
}

function paint_working() {
  const working = share !== null && share < 1;
  $(".check-working").hidden = !working;
  $(".check-working progress").value = share || 0;
  again.disabled = working;
  element.querySelectorAll(".finding button").forEach((one) => { one.disabled = working; });
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
  $(".check-passed").hidden = !seen || !seen.passed.length;
  paint_working();
}

function open() {
  const value = props.value ?? {};
  if ((value.dataset ?? null) !== dataset) {
    dataset = value.dataset ?? null;
    seen = null;
    share = null;
    tell("", false);
    paint();
    if (dataset && value.share === undefined && element.offsetParent !== null) return recheck();
  }
  share = value.share ?? share;
  if (value.seen) { seen = value.seen; paint(); } else paint_working();
}
watch("value", open);
open();
