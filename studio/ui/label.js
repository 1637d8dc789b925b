// One row at a time: keys 1-9 label it, S skips, Z undoes, Enter and the arrows turn the pages.
// Every act waits for the one before it, and "saved" is said only after the server has committed.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const put = (target, text) => { if (target.textContent !== text) target.textContent = text; };
let dataset = null, card = null;
let line = Promise.resolve(), round = 0, pending = 0;

const MOVES = [["previous", "data_tab.previous", ""], ["undo", "data_tab.undo", "undo"], ["skip", "data_tab.skip", ""], ["next", "data_tab.next", ""]];
for (const [move, key, drawing] of MOVES) {
  const one = button("quiet move", drawing, say(key));
  one.addEventListener("click", () => act({ do: move }));
  $(".card-moves").append(one);
}
put($(".card-new button"), say("data_tab.add_label"));
$(".card-new input").placeholder = say("data_tab.new_label");
$(".card-new input").setAttribute("aria-label", say("data_tab.new_label"));
$(".card-answer textarea").setAttribute("aria-label", say("data_tab.reply"));
$(".card-answer textarea").placeholder = say("data_tab.reply_here");
put($(".keep"), say("data_tab.keep_next"));

function tell(text, kind) {
  put($(".state"), text);
  $(".state").className = "state " + kind;
}

function paint() {
  $(".one-card").hidden = !card;
  if (!card) return;
  put($(".card-done"), say("data_tab.progress", { done: card.done, total: card.total }));
  $("progress").value = card.total ? card.done / card.total : 0;
  $("progress").setAttribute("aria-label", say("data_tab.progress", { done: card.done, total: card.total }));
  put($(".card-row"), say("data_tab.row", { number: card.number }));
  $(".card-context").replaceChildren(...card.context.map((turn) => make("p", "turn " + turn.role, turn.content)));
  put($(".card-text"), card.text);
  const classify = card.task === "classify";
  $(".card-choices").hidden = $(".card-new").hidden = !classify;
  $(".card-answer").hidden = classify;
  put($(".card-hint"), say(classify ? "data_tab.keys_classify" : "data_tab.keys_chat"));
  if (classify) {
    $(".card-choices").replaceChildren(...card.labels.map((label, at) => {
      const one = button("choice", "", "");
      if (at < 9) one.append(make("kbd", "", String(at + 1)));
      one.append(make("span", "", label));
      one.setAttribute("aria-pressed", String(label === card.target));
      one.addEventListener("click", () => act({ do: "save", target: label }));
      return one;
    }));
  } else if (document.activeElement !== $(".card-answer textarea") || $(".card-answer textarea").dataset.number !== String(card.number)) {
    $(".card-answer textarea").value = card.target;
    $(".card-answer textarea").dataset.number = card.number;
  }
}

function act(asked) {
  const mine = round;
  pending += 1;
  line = line.then(async () => {
    if (mine !== round) return; // something before it failed: what was meant for another row must not hit this one
    const keeps = asked.do === "save" || asked.do === "keep";
    if (keeps) tell(say("ui.saving"), "");
    const answer = await server.label_row({ dataset, number: card?.number, revision: card?.revision, ...asked });
    if (!answer || answer.error) throw new Error(answer?.error || say("ui.not_saved"));
    card = answer;
    paint();
    if (keeps || answer.undone) tell(say("ui.saved"), "good");
    else if (asked.do !== "open") tell("", "");
    if (keeps || answer.undone) edited();
  }).catch((error) => {
    round += 1;
    tell(error.message || say("ui.not_saved"), "bad");
  }).finally(() => { pending -= 1; element.dataset.pending = pending; });
}

let later = 0;
function edited() { // the rest of the page hears of it once the hand rests
  clearTimeout(later);
  later = setTimeout(() => trigger("edited"), 700);
}

function keep() {
  const target = $(".card-answer textarea").value.trim();
  if (target) act({ do: "save", target });
}
$(".keep").addEventListener("click", keep);
$(".card-answer textarea").addEventListener("change", (event) => act({ do: "keep", target: event.target.value })); // left without a click
$(".card-answer textarea").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) { event.preventDefault(); keep(); }
});
$(".card-new").addEventListener("submit", (event) => {
  event.preventDefault();
  const label = $(".card-new input").value.trim();
  if (!label || !card) return;
  $(".card-new input").value = "";
  act({ do: "declare", label });
});

const KEYS = { s: "skip", z: "undo", Enter: "next", ArrowRight: "next", ArrowLeft: "previous" };
function key(event) {
  if (!element.isConnected) return document.removeEventListener("keydown", key);
  if (!card || element.offsetParent === null || event.isComposing || event.keyCode === 229) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || document.querySelector("dialog[open]")) return;
  const target = event.target;
  if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  if (event.key === "Enter" && /^(BUTTON|A|SUMMARY)$/.test(target.tagName)) return;
  if (event.key.startsWith("Arrow") && target.getAttribute("role") === "tab") return;
  const move = KEYS[event.key] || KEYS[event.key.toLowerCase()];
  const label = card.task === "classify" && /^[1-9]$/.test(event.key) ? card.labels[Number(event.key) - 1] : undefined;
  if (label !== undefined) act({ do: "save", target: label });
  else if (move) act({ do: move });
  else return;
  event.preventDefault();
}
document.addEventListener("keydown", key);

function open() {
  const next = props.value?.dataset ?? null;
  if (next !== dataset) { dataset = next; card = null; tell("", ""); }
  if (dataset) act({ do: "open" });
  else paint();
}
watch("value", open);
open();
