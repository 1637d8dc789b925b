// Two answers whose names are not told, the votes on them, and what there is to learn from all votes. Its value is
// {run}. Keys: 1 and 2 for the better answer, = for neither, Z takes back.
import { $, answered, button, composing, options, put, reason, request, say, tell, turns } from "../kit/page.js";
import { modelJudge } from "./ask_model.js";
import { marking } from "./mark.js";

/** @param {string} key @param {Record<string, unknown>} [details] */
const j = (key, details) => say("judging." + key, details);
const NAME = "xiaozao.judge";
/** @type {[choice: string, key: string, label: string][]} */
const VOTES = [["left", "1", "one_better"], ["same", "=", "same"], ["right", "2", "two_better"]];
const fold = /** @type {HTMLDetailsElement} */ ($(".judge")), result = /** @type {HTMLDetailsElement} */ ($(".duel-result"));
const own = /** @type {HTMLFormElement} */ ($(".duel-own")), ownText = $(".duel-own input");
const who = $(".judge-who input"), against = $(".judge-who select");
/** @type {Duel | null} */
let shown = null;
let busy = false, counted = 0;

// --- words ---
for (const [selector, key] of [
  [".judge summary", "title"], [".duel-help", "blind_help"], [".duel-begin", "begin"], [".duel-keys", "keys"],
  [".duel-own button", "own_go"], [".duel-result summary", "result"], [".judge-learn h3", "learn"], [".judge-learn .soft", "learn_help"],
]) put($(selector), j(key));
element.querySelectorAll(".judge-who span").forEach((one, at) => { put(one, j(["who", "against"][at])); });
element.querySelectorAll(".duel-answers h3").forEach((one, at) => { put(one, j(["one", "two"][at])); });
ownText.placeholder = j("own");
ownText.setAttribute("aria-label", j("own"));
$(".duel-votes").append(...VOTES.map(([choice, key, label]) => {
  const made = button("choice", "", j(label), () => vote(choice)), hint = document.createElement("kbd");
  hint.textContent = key;
  made.append(hint);
  return made;
}), button("quiet", "undo", j("undo"), undo));
who.value = localStorage.getItem(NAME) ?? j("guest", { number: 100 + Math.floor(Math.random() * 900) });
localStorage.setItem(NAME, who.value);

// --- three ways ---
const ways = [$(".way-duel"), $(".way-mark"), $(".way-model")], places = [$(".duel"), $(".papers"), $(".models")];
ways.forEach((one, at) => {
  put(one, j(["way_duel", "way_mark", "way_model"][at]));
  one.addEventListener("click", () => turn(at));
});
const asked = () => ({ run: String(props.value?.run ?? ""), against: against.value, who: who.value });
const models = modelJudge(asked, () => edited()), papers = marking(asked, () => edited());
/** @param {number} to */
function turn(to) {
  ways.forEach((one, at) => { one.setAttribute("aria-pressed", String(at === to)); });
  places.forEach((one, at) => { one.hidden = at !== to; });
  if (to === 2) models.cost(true);
}
turn(0);

// --- the server ---
/**
 * One request at a time; what fails is said.
 * @template {Name} N
 * @param {N} name
 * @param {Asked<N>} data
 * @param {(answer: Told<N>) => void} done
 */
async function call(name, data, done) {
  if (busy) return;
  const of = asked();
  busy = true;
  paintBusy();
  try {
    const answer = answered(await request(name, data));
    if (JSON.stringify(of) === JSON.stringify(asked())) done(answer);
  } catch (error) {
    tell(reason(error), "bad");
    edited(); // a vote may have been noted where no next question could be had
  } finally {
    busy = false;
    paintBusy();
  }
}
function paintBusy() {
  for (const one of element.querySelectorAll(".duel button")) /** @type {HTMLButtonElement} */ (one).disabled = busy;
}
/** @param {DuelAnswer} answer */
function next(answer) {
  shown = answer.shown;
  counted = answer.count;
  paint();
  tell(shown ? "" : j("all_done"), shown ? "" : "good");
}
function begin() {
  tell(j("waiting"));
  call("duel_next", asked(), next);
}
/** @param {string} choice */
function vote(choice) {
  if (!shown || busy) return;
  tell(say("ui.saving"));
  call("duel_vote", { ...asked(), match: shown.match, choice }, (answer) => { next(answer); edited(); });
}
function undo() {
  call("duel_undo", asked(), (answer) => {
    if (!answer.shown) return tell(j("nothing_to_undo"));
    next(answer);
    edited();
  });
}
own.addEventListener("submit", (event) => {
  event.preventDefault();
  tell(j("waiting"));
  call("duel_ask", { ...asked(), text: ownText.value }, (answer) => { next(answer); ownText.value = ""; });
});
$(".duel-begin").addEventListener("click", begin);

// --- what is shown ---
function paint() {
  $(".duel-begin").hidden = shown !== null || counted > 0;
  $(".duel-shown").hidden = shown === null;
  own.hidden = $(".duel-keys").hidden = shown === null && counted === 0;
  put($(".duel-count"), counted ? j("done_count", { who: who.value, count: counted }) : "");
  if (!shown) return;
  $(".duel-shown .card-context").replaceChildren(...turns(shown.context));
  put($(".duel-question"), shown.text);
  const answers = [shown.left, shown.right];
  element.querySelectorAll(".duel-answers p").forEach((one, at) => { put(one, answers[at]); });
}
/** @param {Element} list @param {string[]} lines */
function lines(list, lines) {
  list.replaceChildren(...lines.map((line) => {
    const made = document.createElement("li");
    made.textContent = line;
    return made;
  }));
}
/** What follows from what was said, told once more. */
async function edited() {
  if (!fold.open || !props.value?.run) return;
  const of = asked();
  try {
    const told = answered(await request("judge_facts", { ...of, result: result.open }));
    if (JSON.stringify(of) !== JSON.stringify(asked())) return;
    lines($(".duel-result ul"), told.result);
    lines($(".judge-learn ul"), told.learn.map((one) => one.words));
    $(".judge-makes").replaceChildren(...told.learn.filter((one) => one.rows).map((one) => button("strong", "", j("make_" + one.kind), () => learn(one.kind))));
  } catch (error) {
    tell(reason(error), "bad");
  }
}
/** @param {string} kind */
function learn(kind) {
  call("judge_learn", { ...asked(), kind }, (answer) => {
    props.value = { ...props.value, made: answer.dataset };
    trigger("made");
  });
}

/** Begins anew for another run, another rival or another judge. */
function anew() {
  shown = null;
  counted = 0;
  paint();
  papers.anew();
  models.anew();
  if (!places[2].hidden) turn(0);
  if (fold.open && props.value?.run) models.cost(false);
  tell("");
  result.open = false;
  edited();
}
async function open() {
  if (!fold.open || !props.value?.run) return;
  await call("judge_rivals", asked(), (answer) => options(against, [["", j("base")], ...answer.rivals], ""));
  models.cost(false);
  edited();
}
fold.addEventListener("toggle", open);
result.addEventListener("toggle", edited);
against.addEventListener("change", anew);
who.addEventListener("change", () => {
  localStorage.setItem(NAME, who.value);
  anew();
});
element.addEventListener("keydown", (event) => {
  if (!(event.target instanceof HTMLElement) || event.target.matches("input, textarea, select")) return;
  if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || !shown || $(".duel").hidden) return;
  const chosen = VOTES.find(([, key]) => key === event.key);
  if (!chosen && event.key.toLowerCase() !== "z") return;
  event.preventDefault();
  if (chosen) vote(chosen[0]);
  else undo();
});

let run = "";
watch("value", () => {
  const now = String(props.value?.run ?? "");
  if (now === run) return edited();
  run = now;
  options(against, [["", j("base")]], "");
  anew();
  open();
});
run = String(props.value?.run ?? "");
options(against, [["", j("base")]], "");
paint();
