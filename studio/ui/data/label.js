// One row at a time: keys 1-9 and 0 label it, Enter takes the suggestion, S skips, Z undoes, the arrows turn the pages.
// Every act waits for the one before it; "saved" is said only after the server has committed.
import { $, answered, button, composing, make, put, reason, rested, say, tell, turns } from "../kit/page.js";
import { anyUnsent, desk, keepUnsent, remembered, sayOffline, send, unsent } from "./desk.js";
import { firstInLine } from "./first.js";
import { people } from "./people.js";
import { suggestions } from "./suggestions.js";

/** @type {Promise<unknown>} */
let line = Promise.resolve();
let round = 0;
/** @type {string | null} what was to be put where the row had changed elsewhere */
let conflict = null;

// --- words ---
const MOVES = [["previous", "data_tab.previous", ""], ["undo", "data_tab.undo", "undo"], ["skip", "data_tab.skip", ""], ["next", "data_tab.next", ""]];
$(".card-moves").append(...MOVES.map(([move, key, drawing]) => button("quiet move", drawing, say(key), () => act({ do: move }))));
/** @param {HTMLInputElement | HTMLTextAreaElement} box @param {string} key */
function name(box, key) {
  box.setAttribute("aria-label", say(key));
  box.placeholder = say(key);
}
const newLabel = $(".card-new input"), box = $(".card-answer textarea"), rowNumber = $(".card-jump input");
name(newLabel, "data_tab.new_label");
name(box, "data_tab.reply_here");
name(rowNumber, "label.row_number");
name($(".invite input.me"), "label.your_name");
name($(".invite input.other"), "label.other_name");
for (const [selector, key] of [
  [".card-new button", "data_tab.add_label"], [".keep", "data_tab.keep_next"], [".to-waiting", "label.to_waiting"], [".card-jump [type=submit]", "label.jump"],
  [".more-suggestions summary", "label.suggestions"], [".switch span", "label.uncertain_first"], [".more-people summary", "label.people"],
  [".invite p", "label.invite_help"], [".share span", "label.share"], [".invite button", "label.invite"], [".dismiss", "label.dismiss"], [".card-who h3", "label.who"],
]) put($(selector), say(key));

// --- the server ---
/** @param {Act} asked */
const keeps = (asked) => asked.do === "save" || asked.do === "keep";
/** What Enter means on the card that is shown.
 * @param {Act} asked
 * @returns {Act}
 */
function meant(asked) {
  const { card } = desk;
  if (asked.do !== "confirm") return asked;
  if (desk.order === "first" && card?.target) return { do: "save", target: card.target }; // it is right as it is
  return card?.suggestion && !card.target ? { do: "save", target: card.suggestion.label } : { do: "next" };
}
/** A label for the row that is seen, whatever is read meanwhile: it names its row and is kept before it is sent.
 * @param {Act} asked
 * @returns {[asked: Act, forget: () => void]}
 */
function safe(asked) {
  const { card, order, who } = desk;
  if (!keeps(asked) || !card || desk.pending > desk.reading) return [asked, () => {}];
  const full = { order, who, number: card.number, revision: card.revision, last: card.last, ...asked };
  return [full, keepUnsent(full)];
}
/** @param {Act} given */
function act(given) {
  const asked = desk.pending > desk.reading ? given : meant(given);
  if (desk.offline && desk.card && (anyUnsent() || !keeps(asked))) return sayOffline(); // first what is there must be safe
  const [full, forget] = safe(asked), named = full !== asked, mine = round;
  if (desk.offline) sayOffline();
  waiting(1);
  line = line // after a failure: what was meant for another row must not hit this one
    .then(() => (named || mine === round ? perform(full) : undefined))
    .catch((error) => { round += 1; tell(reason(error), "bad"); })
    .finally(() => { forget(); waiting(-1); });
}
/** Looks again, unasked by anybody. @param {Act} asked */
function read(asked) {
  if (desk.offline && desk.card) return; // whatever brings the connection back shows how things stand
  desk.reading += 1;
  act(asked);
  line = line.finally(() => { desk.reading -= 1; });
}
/** @param {number} more */
function waiting(more) {
  desk.pending += more;
  element.dataset.pending = String(desk.pending);
}
const { count, expect } = suggestions(act, read, (todo) => { line = line.then(todo); }, () => edited());
const { ask, paintSelf, refresh } = people(act);
const first = firstInLine(act);

/** @param {Act} asked */
async function perform(asked) {
  if (conflict !== null) return; // first the answer: what was typed before the question was seen must not be it
  const { card, order, who } = desk;
  asked = meant(asked);
  const full = { order, who, number: card?.number, revision: card?.revision, last: card?.last ?? 0, ...asked };
  const label = keeps(asked);
  if (label && !desk.offline) tell(say("ui.saving"));
  const forget = label ? keepUnsent(full) : () => {};
  const answer = await send("label_row", full);
  forget();
  const shown = answered(answer);
  if (shown && !("number" in shown)) {
    desk.card = null;
    paint();
    return ask(shown.who);
  }
  $(".card-who").hidden = true;
  desk.card = shown;
  first.turn(asked, shown);
  conflict = shown ? shown.conflict : null;
  paint();
  if (conflict !== null) return tell(say("ui.not_saved"), "bad");
  if (label || shown?.undone) tell(say("ui.saved"), "good");
  else if (asked.do === "undo") tell(say(full.last ? "label.undo_elsewhere" : "data_tab.nothing_to_undo"));
  else if (asked.do !== "open" && asked.do !== "look") tell("");
  if (label || shown?.undone) edited();
}
const edited = rested(700, () => { // the rest of the page hears of it once the hand rests
  trigger("edited");
  count();
  refresh();
});

// --- the card ---
function paint() {
  const { card, order } = desk;
  $(".one-card").hidden = !card;
  $(".more-suggestions").hidden = !card?.labelled || !card.alone;
  $(".more-people").hidden = !card?.labelled;
  if (!card) return;
  const shares = { done: card.done, total: card.total };
  first.paint(card);
  const counted = order === "disputes" || order === "first" ? say("label.decided", shares) : say("data_tab.progress", shares);
  put($(".card-done"), counted);
  $("progress").value = card.total ? card.done / card.total : 0;
  $("progress").setAttribute("aria-label", counted);
  put($(".card-row"), say("data_tab.row", { number: card.number }));
  $(".card-self").hidden = card.alone;
  if (!card.alone) paintSelf();
  $(".card-jump").hidden = order === "disputes" || order === "first";
  $(".card-context").replaceChildren(...turns(card.context));
  put($(".card-text"), card.text);
  $(".card-votes").hidden = !card.votes.length;
  $(".card-votes").replaceChildren(...card.votes.map((vote) => make("p", "", say("label.said", { name: vote.name, label: vote.target }))));
  paintConflict(card);
  $(".card-choices").hidden = $(".card-new").hidden = !card.labelled;
  $(".card-answer").hidden = card.labelled;
  put($(".card-hint"), say(card.labelled ? (order === "first" && card.target ? "label.keys_first" : card.suggestion ? "label.keys_suggested" : "label.keys_classify") : "data_tab.keys_chat"));
  if (card.labelled) $(".card-choices").replaceChildren(...card.labels.map((label, at) => choice(card, label, at)));
  else paintAnswer(card);
}

/** @param {Card} card @param {string} label @param {number} at */
function choice(card, label, at) {
  const one = button("choice", "", "", () => choose(label));
  if (card.keys[at]) one.append(make("kbd", "", card.keys[at]));
  one.append(make("span", "", label));
  if (card.suggestion?.label === label) {
    one.classList.add("suggested");
    one.append(make("small", "sure", card.suggestion.sure));
    one.setAttribute("aria-label", say("label.suggested", { label, sure: card.suggestion.sure }));
  }
  one.setAttribute("aria-pressed", String(label === card.target));
  return one;
}

/** @param {string} label */
function choose(label) {
  if (conflict === null) act({ do: "save", target: label });
}

/** @param {Card} card */
function paintConflict(card) {
  const question = $(".card-conflict");
  question.hidden = conflict === null;
  if (conflict === null) return question.replaceChildren();
  const mine = conflict;
  /** @param {string} cls @param {string} key @param {() => void} todo */
  const way = (cls, key, todo) => button(cls, "", say(key), () => { conflict = null; todo(); });
  const none = say("data_tab.no_label");
  question.replaceChildren(
    make("p", "", say("label.conflict", { number: card.number, theirs: card.target || none, mine: mine || none })),
    way("strong", "label.take_mine", () => act({ do: "save", target: mine })),
    way("quiet", "label.take_theirs", () => act({ do: "skip" })),
    way("quiet", "label.look", () => { paint(); tell(say("label.as_it_is")); }),
  );
  if (!card.labelled) box.dataset.number = ""; // shows theirs; mine is in the sentence above
}

// --- a reply that is typed ---
const resting = rested(1200, typed);
/** @param {Card} card */
function paintAnswer(card) {
  const worse = $(".card-worse");
  worse.hidden = !card.rejected;
  put(worse, say("data_tab.col_worse") + ": " + card.rejected);
  if (document.activeElement === box && box.dataset.number === String(card.number)) return;
  box.value = card.target;
  box.dataset.number = String(card.number);
}
function typed() { // keeps what is in the box, if that is not what is kept already
  resting.stop();
  const { card } = desk;
  if (!card || conflict !== null || box.dataset.number !== String(card.number) || box.value.trim() === card.target) return;
  act({ do: "keep", number: card.number, target: box.value.trim() });
}
box.addEventListener("input", (event) => {
  resting.stop();
  tell(say("label.not_yet"));
  if (!(event instanceof InputEvent && event.isComposing)) resting();
});
box.addEventListener("change", typed);
function keep() {
  resting.stop();
  const target = box.value.trim();
  if (target && conflict === null) act({ do: "save", target });
}
$(".keep").addEventListener("click", keep);
box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || composing(event)) return;
  event.preventDefault();
  keep();
});

// --- other ways on ---
$(".card-new").addEventListener("submit", (event) => {
  event.preventDefault();
  const label = newLabel.value.trim();
  if (!label || !desk.card) return;
  newLabel.value = "";
  act({ do: "declare", label });
});
$(".card-jump").addEventListener("submit", (event) => {
  event.preventDefault();
  const number = Number(rowNumber.value.normalize("NFKC").trim());
  if (!Number.isInteger(number) || number < 1) return tell(say("label.no_number"), "bad");
  rowNumber.value = "";
  rowNumber.blur();
  act({ do: "look", number });
});
$(".to-waiting").addEventListener("click", () => act({ do: "skip" }));

/** @type {Record<string, string>} */
const KEYS = { s: "skip", z: "undo", ArrowRight: "next", ArrowLeft: "previous" };
/** @param {KeyboardEvent} event */
function key(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", key);
  const { card } = desk;
  if (!card || element.offsetParent === null || composing(event)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  const target = /** @type {HTMLElement} */ (event.target), tab = target.getAttribute("role") === "tab";
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || conflict !== null) return;
  if (event.key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName) && !tab) return;
  if (event.key.startsWith("Arrow") && tab) return;
  const label = card.labelled && /^[0-9]$/.test(event.key) ? card.labels[card.keys.indexOf(event.key)] : undefined;
  const move = KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (label !== undefined) choose(label);
  else if (event.key === "Enter") act({ do: "confirm" });
  else if (move) act({ do: move });
  else return;
  event.preventDefault();
}
document.addEventListener("keydown", key);

// --- beginning ---
addEventListener("beforeunload", (event) => { if (element.isConnected && desk.offline && desk.pending) event.preventDefault(); });
function open() {
  const next = props.value?.dataset ?? null;
  if (next !== desk.dataset) {
    Object.assign(desk, { dataset: next, card: null, order: "rows" });
    conflict = null;
    $("input.uncertain").checked = false;
    $(".card-who").hidden = true;
    for (const one of /** @type {NodeListOf<HTMLDetailsElement>} */ (element.querySelectorAll(".card-more"))) one.open = false;
    tell("");
  }
  if (!desk.dataset) return paint();
  desk.who = remembered();
  const left = desk.pending ? [] : unsent(); // what is on its way now is no earlier visit's
  for (const kept of left) act(kept); // what an earlier visit could not send
  (left.length ? act : read)({ do: "open", ...(left.length ? { number: left[0].number } : {}) });
  expect(1000);
}
watch("value", open);
open();
