// The models to choose from. `props.value` is the one that is chosen, `props.dataset` what it is to learn.
import { $, answered, button, make, options, put, reason, repeated, request, say, tell } from "../kit/page.js";
import { storedModels } from "./stored.js";

const LOOK = 1000, REST = 15000, SHOWN = 4; // milliseconds between two looks while something comes, and else; cards
/** @type {ModelPick[]} */
let cards = [];
/** @type {Record<string, Fetching>} */
let coming = {};
let wanted = ""; // whose download began here: it is taken once it is whole

for (const [where, key] of Object.entries({
  h3: "gallery.lead", ".from summary": "gallery.from", ".what": "gallery.name", ".hint": "gallery.name_help",
  ".hub-words": "gallery.hub", ".token-words": "gallery.token", ".token-help": "gallery.token_help", ".get": "gallery.get",
})) put($(where), say(key));
$("input.name").placeholder = "Qwen/Qwen3-0.6B";

/** @param {string} model */
function take(model) {
  wanted = "";
  props.value = model;
  paint();
  trigger("input");
}

/** @param {"fetch_model" | "stop_fetch"} name @param {string} model */
async function ask(name, model) {
  tell("");
  try {
    const told = name === "fetch_model"
      ? await request(name, { model, hub: $("select.hub").value, token: $("input.token").value })
      : await request(name, { model });
    coming = answered(told).downloads;
    wanted = name === "fetch_model" ? model : "";
    if (!cards.some((card) => card.id === model)) await look();
    paint();
    kept.look();
    again();
  } catch (error) {
    tell(reason(error), "bad");
  }
}

/** What is to be pressed on a card. @param {ModelPick} card @param {Fetching | null} at */
function action(card, at) {
  if (card.here) {
    const chosen = card.id === props.value;
    const made = button(`quiet choose${chosen ? " strong" : ""}`, chosen ? "check" : "", say(chosen ? "gallery.taken" : "gallery.take"), () => take(card.id));
    made.setAttribute("aria-pressed", String(chosen));
    return made;
  }
  if (at?.state === "running") return button("quiet stop", "", say("gallery.stop"), () => ask("stop_fetch", card.id));
  const key = at?.state === "stopped" ? "gallery.go_on" : at?.state === "failed" ? "gallery.retry" : "gallery.download";
  return button("quiet fetch", "", say(key, { size: card.size }), () => ask("fetch_model", card.id));
}

/** @param {Fetching} at */
function progress(at) {
  const line = make("div", "coming"), words = make("p", at.state === "failed" ? "bad" : "soft", at.words);
  if (at.state === "running") {
    const bar = make("progress");
    bar.max = 1;
    if (at.share !== null) bar.value = at.share;
    bar.setAttribute("aria-label", at.words);
    line.append(bar);
  }
  line.append(words);
  return line;
}

/** @param {ModelPick} card */
function pick(card) {
  const at = coming[card.id] ?? card.download, made = make("li", "candidate"), head = make("p", "head"), words = make("div", "words");
  made.dataset.model = card.id;
  made.classList.toggle("chosen", card.here && card.id === props.value);
  head.append(make("strong", "", card.name));
  made.title = card.id;
  if (card.recommended) head.append(make("span", "mark recommended", say("gallery.recommended")));
  if (card.here) head.append(make("span", "mark", say("gallery.here")));
  words.append(head, make("p", "about", card.about));
  if (card.facts) words.append(make("p", "soft", card.facts));
  if (card.fits) {
    const fit = make("p", `fit ${card.fit}`);
    fit.append(make("span", `icon icon-${card.fit === "fits" ? "check" : "warn"}`), make("span", "", card.fits));
    words.append(fit);
  }
  if (card.recommended) words.append(make("p", "reason", card.recommended));
  made.append(words, action(card, at));
  if (at && at.state !== "finished" && !card.here && at.words) made.append(progress(at));
  return made;
}

/** The cards in sight: what is marked, as many more as make SHOWN, and one that is too large. @returns {Set<ModelPick>} */
function inSight() {
  const first = new Set(cards.filter((card) => card.recommended || card.here || coming[card.id] || card.download || card.id === props.value));
  for (const card of cards) if (first.size < SHOWN && card.fit !== "too_big") first.add(card);
  const large = cards.find((card) => card.fit === "too_big");
  if (large && ![...first].some((card) => card.fit === "too_big")) first.add(large);
  return first;
}

function paint() {
  const first = inSight(), rest = cards.filter((card) => !first.has(card));
  fill($(".first"), cards.filter((card) => first.has(card)));
  fill($(".rest"), rest);
  $(".more").hidden = !rest.length;
  put($(".more summary"), say("gallery.more", { n: rest.length }));
}

/** Replaces only the cards that changed, so that what has the focus keeps it. @param {HTMLElement} list @param {ModelPick[]} shown */
function fill(list, shown) {
  const before = new Map([...list.children].map((old) => [/** @type {HTMLElement} */ (old).dataset.model, old]));
  const made = shown.map((card) => {
    const fresh = pick(card), old = before.get(card.id);
    return old?.isEqualNode(fresh) && !old.querySelector(".coming") ? old : fresh;
  });
  const focused = list.contains(document.activeElement) ? document.activeElement?.closest("li")?.dataset.model : "";
  if (made.length !== list.children.length || made.some((one, at) => one !== list.children[at])) list.replaceChildren(...made);
  if (focused) made.find((one) => /** @type {HTMLElement} */ (one).dataset.model === focused)?.querySelector("button")?.focus();
}

const kept = storedModels((model) => ask("fetch_model", model), async (model) => {
  await look();
  if (props.value === model) take(cards.find((card) => card.here)?.id ?? "");
});

async function look() {
  try {
    const found = answered(await request("gallery_cards", { dataset: props.dataset }));
    cards = found.cards;
    if (!$("select.hub").options.length) options($("select.hub"), found.hubs, "");
    paint();
  } catch (error) {
    tell(reason(error), "bad");
  }
}

const again = repeated(LOOK, async () => {
  if (!cards.length) await look();
  try {
    const asked = Object.values(coming).some((one) => one.asks), before = Object.keys(coming).filter((model) => coming[model].state === "running");
    coming = answered(await request("fetches", {})).downloads;
    if (!asked && Object.values(coming).some((one) => one.asks)) $("details.from").open = true;
    if (before.some((model) => coming[model]?.state === "finished")) {
      await look();
      kept.look();
      if (coming[wanted]?.state === "finished" && cards.some((card) => card.id === wanted && card.here)) take(wanted);
    } else if (before.length) paint();
  } catch {
    return REST; // the next look may find the server again
  }
  return Object.values(coming).some((one) => one.state === "running") ? LOOK : REST;
});

$(".find").addEventListener("submit", (event) => {
  event.preventDefault();
  const name = $("input.name").value.trim();
  if (!name) return tell(say("gallery.no_name"), "bad");
  const known = cards.find((card) => card.id === name);
  const folder = /^([.~/\\]|[A-Za-z]:[\\/])/.test(name);
  if (folder || known?.here) return take(name);
  ask("fetch_model", name);
});
watch("dataset", look);
watch("looked", look);
watch("value", paint);
