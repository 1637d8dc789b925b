// One row at a time: keys 1-9 and 0 label it, Enter takes the suggestion, S skips, Z undoes, the arrows turn the pages.
// Every act waits for the one before it; "saved" is said only after the server has committed; what cannot be sent is kept and sent again.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const put = (target, text) => { if (target.textContent !== text) target.textContent = text; };
let dataset = null, card = null, order = "rows", who = "";
let line = Promise.resolve(), round = 0, pending = 0, offline = false, conflict = null;

// --- words ---
const MOVES = [["previous", "data_tab.previous", ""], ["undo", "data_tab.undo", "undo"], ["skip", "data_tab.skip", ""], ["next", "data_tab.next", ""]];
for (const [move, key, drawing] of MOVES) {
  const one = button("quiet move", drawing, say(key));
  one.addEventListener("click", () => act({ do: move }));
  $(".card-moves").append(one);
}
function name(selector, key) { $(selector).setAttribute("aria-label", say(key)); $(selector).placeholder = say(key); }
name(".card-new input", "data_tab.new_label");
name(".card-answer textarea", "data_tab.reply_here");
name(".card-jump input", "label.row_number");
name(".invite .me", "label.your_name");
name(".invite .other", "label.other_name");
for (const [selector, key] of [
  [".card-new button", "data_tab.add_label"], [".keep", "data_tab.keep_next"], [".to-waiting", "label.to_waiting"], [".card-jump [type=submit]", "label.jump"],
  [".more-suggestions summary", "label.suggestions"], [".switch span", "label.uncertain_first"], [".more-people summary", "label.people"],
  [".invite p", "label.invite_help"], [".share span", "label.share"], [".invite button", "label.invite"], [".dismiss", "label.dismiss"], [".card-who h3", "label.who"],
]) put($(selector), say(key));

function tell(text, kind) {
  put($(".state"), text);
  $(".state").className = "state " + kind;
}

// --- what is not on the server yet outlives the page ---
const unsentKey = (number) => `xiaozao.unsent.${dataset}.${number}`;
function unsent() {
  const prefix = unsentKey("");
  return Object.keys(localStorage).filter((key) => key.startsWith(prefix)).map((key) => ({ ...JSON.parse(localStorage[key]), number: Number(key.slice(prefix.length)) }));
}

// --- the server ---
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); addEventListener("online", done, { once: true }); });
async function send(name, asked) { // until there is an answer; undefined is what a broken connection returns
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
    const answer = await server[name](asked);
    if (answer !== undefined) { offline = false; return answer; }
    offline = true;
    tell(say(asked.target === undefined ? "label.offline" : "label.offline_kept"), "bad");
    await pause(wait);
  }
}

function act(asked) {
  if (offline) return tell(say("label.offline_kept"), "bad"); // nothing new before what is there is safe
  const mine = round;
  pending += 1;
  element.dataset.pending = pending;
  line = line.then(() => mine === round && perform(asked)) // after a failure: what was meant for another row must not hit this one
    .catch((error) => { round += 1; tell(error.message || say("ui.not_saved"), "bad"); })
    .finally(() => { pending -= 1; element.dataset.pending = pending; });
}

async function perform(asked) {
  if (conflict !== null) return; // first the answer: what was typed before the question was seen must not be it
  if (asked.do === "confirm") asked = card.suggestion && !card.target ? { do: "save", target: card.suggestion.label } : { do: "next" };
  const keeps = asked.do === "save" || asked.do === "keep";
  const full = { dataset, order, who, number: card?.number, revision: card?.revision, last: card?.last ?? 0, ...asked };
  if (keeps) {
    tell(say("ui.saving"), "");
    localStorage[unsentKey(full.number)] = JSON.stringify({ target: full.target, revision: full.revision, who, order });
  }
  const answer = await send("label_row", full);
  if (keeps) localStorage.removeItem(unsentKey(full.number));
  if (answer?.error) throw new Error(answer.error);
  if (answer?.who) { card = null; return askWho(answer.who); }
  $(".card-who").hidden = true;
  card = answer;
  conflict = card && card.conflict !== null ? card.conflict : null;
  paint();
  if (conflict !== null) return tell(say("ui.not_saved"), "bad");
  if (keeps || answer?.undone) tell(say("ui.saved"), "good");
  else if (asked.do === "undo") tell(say(full.last ? "label.undo_elsewhere" : "data_tab.nothing_to_undo"), "");
  else if (asked.do !== "open" && asked.do !== "look") tell("", "");
  if (keeps || answer?.undone) edited();
}

let later = 0;
function edited() { // the rest of the page hears of it once the hand rests
  clearTimeout(later);
  later = setTimeout(() => { trigger("edited"); refreshMore(); }, 700);
}

// --- the card ---
function paint() {
  $(".one-card").hidden = !card;
  $(".more-suggestions").hidden = !card || !card.labelled || !card.alone;
  $(".more-people").hidden = !card || !card.labelled;
  if (!card) return;
  const shares = { done: card.done, total: card.total };
  const counted = order === "disputes" ? say("label.decided", shares) : say("data_tab.progress", shares);
  put($(".card-done"), counted);
  $("progress").value = card.total ? card.done / card.total : 0;
  $("progress").setAttribute("aria-label", counted);
  put($(".card-row"), say("data_tab.row", { number: card.number }));
  $(".card-self").hidden = card.alone;
  if (!card.alone) paintSelf();
  $(".card-jump").hidden = order === "disputes";
  $(".card-context").replaceChildren(...card.context.map((turn) => make("p", "turn " + turn.role, turn.content)));
  put($(".card-text"), card.text);
  $(".card-votes").hidden = !card.votes.length;
  $(".card-votes").replaceChildren(...card.votes.map((vote) => make("p", "", say("label.said", { name: vote.name, label: vote.target }))));
  paintConflict();
  const classify = card.labelled;
  $(".card-choices").hidden = $(".card-new").hidden = !classify;
  $(".card-answer").hidden = classify;
  put($(".card-hint"), say(classify ? (card.suggestion ? "label.keys_suggested" : "label.keys_classify") : "data_tab.keys_chat"));
  if (classify) $(".card-choices").replaceChildren(...card.labels.map(choice));
  else paintAnswer();
}

function choice(label, at) {
  const one = button("choice", "", "");
  if (at < 10) one.append(make("kbd", "", String((at + 1) % 10)));
  one.append(make("span", "", label));
  if (card.suggestion?.label === label) {
    one.classList.add("suggested");
    one.append(make("small", "sure", card.suggestion.sure));
    one.setAttribute("aria-label", say("label.suggested", { label, sure: card.suggestion.sure }));
  }
  one.setAttribute("aria-pressed", String(label === card.target));
  one.addEventListener("click", () => choose(label));
  return one;
}

function choose(label) {
  if (conflict === null) act({ do: "save", target: label });
}

function paintConflict() {
  const box = $(".card-conflict");
  box.hidden = conflict === null;
  if (conflict === null) return box.replaceChildren();
  const mine = conflict;
  const way = (cls, key, todo) => {
    const one = button(cls, "", say(key));
    one.addEventListener("click", () => { conflict = null; todo(); });
    return one;
  };
  const none = say("data_tab.no_label");
  box.replaceChildren(
    make("p", "", say("label.conflict", { number: card.number, theirs: card.target || none, mine: mine || none })),
    way("strong", "label.take_mine", () => act({ do: "save", target: mine })),
    way("quiet", "label.take_theirs", () => { act({ do: "skip" }); }),
    way("quiet", "label.look", () => { paint(); tell(say("label.as_it_is"), ""); }),
  );
  if (!card.labelled) $(".card-answer textarea").dataset.number = ""; // shows theirs; mine is in the sentence above
}

// --- a reply that is typed ---
const box = $(".card-answer textarea");
let resting = 0;
function paintAnswer() {
  if (document.activeElement === box && box.dataset.number === String(card.number)) return;
  box.value = card.target;
  box.dataset.number = card.number;
}
function typed() { // keeps what is in the box, if that is not what is kept already
  clearTimeout(resting);
  if (!card || conflict !== null || box.dataset.number !== String(card.number) || box.value.trim() === card.target) return;
  act({ do: "keep", number: card.number, target: box.value.trim() });
}
box.addEventListener("input", (event) => {
  clearTimeout(resting);
  tell(say("label.not_yet"), "");
  if (!event.isComposing) resting = setTimeout(typed, 1200);
});
box.addEventListener("change", typed);
function keep() {
  clearTimeout(resting);
  const target = box.value.trim();
  if (target && conflict === null) act({ do: "save", target });
}
$(".keep").addEventListener("click", keep);
box.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) { event.preventDefault(); keep(); }
});

// --- other ways on ---
$(".card-new").addEventListener("submit", (event) => {
  event.preventDefault();
  const label = $(".card-new input").value.trim();
  if (!label || !card) return;
  $(".card-new input").value = "";
  act({ do: "declare", label });
});
$(".card-jump").addEventListener("submit", (event) => {
  event.preventDefault();
  const wanted = Number($(".card-jump input").value.normalize("NFKC").trim());
  if (!Number.isInteger(wanted) || wanted < 1) return tell(say("label.no_number"), "bad");
  $(".card-jump input").value = "";
  $(".card-jump input").blur();
  act({ do: "look", number: wanted });
});
$(".to-waiting").addEventListener("click", () => act({ do: "skip" }));

const KEYS = { s: "skip", z: "undo", ArrowRight: "next", ArrowLeft: "previous" };
function key(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", key);
  if (!card || element.offsetParent === null || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  const target = event.target, tab = target.getAttribute("role") === "tab";
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) || conflict !== null) return;
  if (event.key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName) && !tab) return;
  if (event.key.startsWith("Arrow") && tab) return;
  const classify = card.labelled;
  const label = classify && /^[0-9]$/.test(event.key) ? card.labels[(Number(event.key) + 9) % 10] : undefined;
  const move = KEYS[event.key] || KEYS[event.key.toLowerCase()];
  if (label !== undefined) choose(label);
  else if (event.key === "Enter") act({ do: "confirm" });
  else if (move) act({ do: move });
  else return;
  event.preventDefault();
}
document.addEventListener("keydown", key);

// --- suggestions ---
const least = $(".accept-row input");
let counted = { count: 0 };
async function count() {
  put($(".at-least"), say("label.at_least", { percent: least.value }));
  if (!$(".more-suggestions").open || offline) return;
  paintCount(await server.suggestions({ dataset, threshold: least.value / 100 }) ?? counted);
}
function paintCount(found) {
  counted = found;
  put($(".accept"), say("label.accept", { count: counted.count }));
  $(".accept").disabled = !counted.count;
  put($(".source"), counted.source ?? "");
}
least.addEventListener("input", count);
$(".more-suggestions").addEventListener("toggle", count);
$(".accept").addEventListener("click", async () => {
  $(".accept").disabled = true;
  tell(say("ui.saving"), "");
  const answer = await send("accept", { dataset, threshold: least.value / 100, count: counted.count });
  if (answer.error) { paintCount(counted); return tell(answer.error, "bad"); }
  paintCount(answer);
  act({ do: "skip" });
  line = line.then(() => { tell(say(answer.accepted ? "label.accepted" : "label.count_changed", { count: answer.accepted }), answer.accepted ? "good" : ""); edited(); });
});
$(".uncertain").addEventListener("change", (event) => {
  order = event.target.checked ? "uncertain" : "rows";
  act({ do: "open", number: 0 });
});
let peek = 0;
function awaitSuggestions(wait) { // the first ones are made while the first card is looked at
  clearTimeout(peek);
  if (wait > 20000) return;
  peek = setTimeout(() => {
    const wanted = card && card.labelled && card.done >= 10 && !card.target && !card.suggestion;
    const busy = pending || offline || element.offsetParent === null || $(".card-choices").contains(document.activeElement);
    if (wanted && !busy) act({ do: "look" });
    awaitSuggestions(2 * wait);
  }, wait);
}

// --- two people ---
const nameKey = () => "xiaozao.annotator." + dataset;
function askWho(names) {
  paint();
  $(".card-who").hidden = false;
  $(".card-names").replaceChildren(...names.map((one) => {
    const pick = button("choice", "", one);
    pick.addEventListener("click", () => { who = localStorage[nameKey()] = one; act({ do: "open", number: 0 }); });
    return pick;
  }));
}
function paintSelf() {
  if (order === "disputes") {
    const back = button("quiet", "", say("label.back"));
    back.addEventListener("click", () => { order = "rows"; act({ do: "open", number: 0 }); });
    return $(".card-self").replaceChildren(back);
  }
  const other = button("quiet", "", say("label.not_me"));
  other.addEventListener("click", () => { who = ""; localStorage.removeItem(nameKey()); act({ do: "open", number: 0 }); });
  $(".card-self").replaceChildren(make("span", "", say("label.i_am", { name: who })), other);
}
async function team(name = "team", asked = {}) {
  const found = await server[name]({ dataset, ...asked });
  if (!found) return false;
  if (found.error) { tell(found.error, "bad"); return false; }
  $(".invite").hidden = found.names.length > 0;
  $(".team").hidden = !found.names.length;
  if (!found.names.length) return true;
  $(".team-lines").replaceChildren(...found.lines.map((text) => make("li", "", text)));
  put($(".disputes"), say("label.disputes", { count: found.disputed }));
  $(".disputes").disabled = !found.disputed;
  return true;
}
$(".more-people").addEventListener("toggle", () => { if ($(".more-people").open) team(); });
$(".invite").addEventListener("submit", async (event) => {
  event.preventDefault();
  const me = $(".invite .me").value.trim();
  if (!await team("invite", { names: [me, $(".invite .other").value.trim()], share: $(".share input").value })) return;
  who = localStorage[nameKey()] = me.slice(0, 20);
  order = "rows";
  act({ do: "open", number: 0 });
});
$(".dismiss").addEventListener("click", async () => {
  if (!await team("dismiss")) return;
  who = ""; order = "rows";
  act({ do: "open", number: 0 });
});
$(".disputes").addEventListener("click", () => { order = "disputes"; act({ do: "open", number: 0 }); });
function refreshMore() {
  count();
  if ($(".more-people").open) team();
}

// --- beginning ---
addEventListener("beforeunload", (event) => { if (element.isConnected && offline && pending) event.preventDefault(); });
function open() {
  const next = props.value?.dataset ?? null;
  if (next !== dataset) {
    dataset = next; card = null; conflict = null; order = "rows";
    $(".uncertain").checked = false;
    $(".card-who").hidden = true;
    for (const one of element.querySelectorAll(".card-more")) one.open = false;
    tell("", "");
  }
  if (!dataset) return paint();
  who = localStorage[nameKey()] ?? "";
  const left = pending ? [] : unsent(); // what is on its way now is no earlier visit's
  for (const kept of left) act({ do: "keep", ...kept }); // what an earlier visit could not send
  act({ do: "open", ...(left.length ? { number: left[0].number } : {}) });
  awaitSuggestions(1000);
}
watch("value", open);
open();
