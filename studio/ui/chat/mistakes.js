// The rows that came out wrong: tick, put the answer right, and learn from here on with one click.
import { $, answered, growing, input, make, options, put, reason, request, say, tell } from "../kit/page.js";

/** @typedef {{ row: Mistake, tick: HTMLInputElement, answer: HTMLSelectElement | HTMLTextAreaElement, ways: HTMLElement }} Line */
/** @type {Line[]} */
let lines = [];
/** @type {Mistakes | null} */
let shown = null;
let busy = false;

const all = $(".all input"), learn = $(".learn input"), go = $("button.go"), only = $("button.only"), more = $("button.more");
for (const [selector, key] of [
  [".all span", "rounds.all"], [".learn span", "rounds.learn"], [".mistakes-how", "rounds.how"], ["button.go", "rounds.go"], ["button.only", "rounds.only"],
]) put($(selector), say(key));

// --- the list ---
async function open() {
  const run = props.value?.run || "";
  const answer = run ? await request("mistake_rows", { run }) : undefined;
  if (run !== (props.value?.run || "")) return;
  shown = answer && !("error" in answer) ? answer : null;
  $(".mistakes").hidden = !shown?.rows.length;
  if (!shown?.rows.length) return;
  put($(".mistakes h3"), say(shown.rows.length < shown.total ? "rounds.title_some" : "rounds.title", { shown: shown.rows.length, total: shown.total }));
  put(more, say(shown.labelled ? "rounds.more_like" : "rounds.otherwise"));
  more.hidden = shown.labelled && !shown.waiting;
  lines = shown.rows.map(line);
  $(".mistakes-rows").replaceChildren(...lines.map(drawn));
  all.checked = false;
  tell("");
  paint();
}

/** @param {Mistake} row @returns {Line} */
function line(row) {
  const tick = input("checkbox"), gone = row.part === null;
  tick.disabled = gone;
  tick.setAttribute("aria-label", say("rounds.tick", { text: row.text }));
  tick.addEventListener("change", paint);
  const answer = shown?.labelled ? make("select") : make("textarea");
  if (answer instanceof HTMLSelectElement) options(answer, (shown?.labels ?? []).map((label) => [label, label]), row.target);
  else {
    answer.value = row.target;
    answer.dir = "auto";
    growing(answer);
  }
  answer.disabled = gone;
  answer.setAttribute("aria-label", say("rounds.should"));
  answer.addEventListener("input", () => { // who changes an answer means the row
    tick.checked = true;
    paint();
  });
  return { row, tick, answer, ways: make("div", "ways") };
}

/** @param {Line} line */
function drawn({ row, tick, answer, ways }) {
  const one = make("div", "mistake"), body = make("div", "mistake-body"), box = make("label", "tick");
  box.append(tick);
  const said = make("p", "said");
  said.append(make("small", "", say("rounds.said")), make("span", "wrong", row.said || "–"));
  if (row.before) said.append(make("small", "", say("rounds.before")), make("span", "soft", row.before));
  const right = make("label", "right");
  right.append(make("small", "", say("rounds.should")), answer);
  const text = make("p", "text", row.text);
  text.dir = "auto";
  body.append(text, said, right, make("small", "soft place", say("rounds.place_" + (row.part === null ? "gone" : row.part || "asked"))), ways);
  one.append(box, body);
  return one;
}

const ticked = () => lines.filter(({ tick }) => tick.checked);
const changed = () => ticked().filter(({ row, answer }) => answer.value.trim() !== row.target);

function paint() {
  const chosen = ticked(), tested = chosen.filter(({ row }) => row.part !== "train").length;
  go.disabled = busy || !chosen.length;
  only.disabled = busy || !changed().length;
  more.disabled = busy || !chosen.length;
  all.checked = chosen.length > 0 && chosen.length === lines.filter(({ tick }) => !tick.disabled).length;
  const becomes = learn.checked ? (tested ? "rounds.honest_learn" : "rounds.honest_taught") : "rounds.honest_only";
  put($(".honest"), chosen.length ? say(becomes, { n: tested }) : "");
}
all.addEventListener("change", () => {
  for (const { tick } of lines) tick.checked = all.checked && !tick.disabled;
  paint();
});
learn.addEventListener("change", paint);

// --- what is done with them ---
/** @param {() => Promise<void>} todo */
async function once(todo) {
  if (busy) return;
  busy = true;
  paint();
  try {
    await todo();
  } catch (error) {
    tell(reason(error), "bad");
  }
  busy = false;
  paint();
}

/** @param {boolean} on */
async function save(on) {
  tell(say("ui.saving"));
  const run = props.value.run;
  const rows = ticked().map(({ row, answer }) => ({ number: row.number, text: row.text, target: answer.value.trim(), origin: row.origin }));
  const ways = ticked().flatMap(({ row, answer, ways }) => chosenWays(ways).map((text) => ({ number: row.number, text, target: answer.value.trim() })));
  const answer = answered(await request("put_right", { run, rows: on ? rows : rows.filter((_, at) => changed().includes(ticked()[at])), ways: on ? ways : [], learn: on && learn.checked, go: on }));
  tell(answer.words || say("ui.saved"), "good");
  trigger("edited");
  if (answer.begun) trigger("begun");
  else open();
}
go.addEventListener("click", () => once(() => save(true)));
only.addEventListener("click", () => once(() => save(false)));
more.addEventListener("click", () => once(async () => {
  const run = props.value.run, chosen = ticked(), texts = chosen.map(({ row }) => row.text);
  if (shown?.labelled) {
    answered(await request("line_up", { run, texts }));
    trigger("to_label");
    return;
  }
  const { ways } = answered(await request("say_otherwise", { run, texts }));
  for (const [at, one] of chosen.entries()) offer(one.ways, ways[at]);
  tell(say(ways.some((found) => found.length) ? "rounds.ways_help" : "rounds.no_ways"));
}));

/** @param {HTMLElement} place @param {string[]} texts */
function offer(place, texts) {
  place.replaceChildren(...texts.map((text) => {
    const one = make("label", "wording"), tick = input("checkbox");
    tick.checked = true;
    tick.value = text;
    one.append(tick, make("span", "", text));
    return one;
  }));
}

/** @param {HTMLElement} place */
const chosenWays = (place) => [...place.querySelectorAll("input")].filter((one) => one.checked).map((one) => one.value);

watch("value", open);
open();
