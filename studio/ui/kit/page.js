// What the scripts of the page have in common: words, elements, lists, saving, and when to ask the server again.
// `element` is the component of the script that imports this.

// --- words ---
/**
 * The sentence `key` with its {placeholders} filled and its choices made, as in `words.say`; a missing key shows itself.
 * @param {string} key
 * @param {Record<string, unknown>} [details]
 */
export function say(key, details = {}) {
  let before = "";
  const sentence = (window.xiaozao.words[key] ?? key).replace(/\{(\w+)\}|\[([^[\]|]*)\|([^[\]|]*)\]/g, (whole, name, one, more) => {
    before = name ?? before;
    return name ? whole : String(details[before]) === "1" ? one : more;
  });
  return sentence.replace(/\{(\w+)\}/g, (whole, name) => String(details[name] ?? whole));
}

/** @param {number} n */
export const count = (n) => n.toLocaleString();

/** Replaces a text only by another one: what is read aloud is read once.
 * @param {Node} target
 * @param {string} text
 */
export function put(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Says how a component stands: "good", "bad", or neither.
 * @param {string} text
 * @param {string} [kind]
 */
export function tell(text, kind = "") {
  put($(".state"), text);
  $(".state").className = `state ${kind}`;
}

// --- elements ---
/**
 * The first element of the component that `selector` finds. The component's template has it.
 * @template {string} S
 * @param {S} selector
 * @returns {Found<S>}
 */
export function $(selector) {
  return /** @type {Found<S>} */ (element.querySelector(selector));
}

/**
 * An element with a class and a text.
 * @template {Tag} T
 * @param {T} tag
 * @param {string} [cls]
 * @param {string} [text]
 */
export function make(tag, cls = "", text = "") {
  const made = document.createElement(tag);
  if (cls) made.className = cls;
  if (text !== "") made.textContent = text;
  return made;
}

/**
 * A button with a drawing (may be "") and a text (may be ""), and what it does.
 * @param {string} cls
 * @param {string} drawing
 * @param {string} text
 * @param {(event: MouseEvent) => unknown} [act]
 */
export function button(cls, drawing, text, act) {
  const made = make("button", cls);
  made.type = "button";
  if (drawing) made.append(make("span", `icon icon-${drawing}`));
  if (text) made.append(make("span", "", text));
  if (act) made.addEventListener("click", act);
  return made;
}

/** A field of a form.
 * @param {string} type
 * @param {string} [cls]
 */
export function input(type, cls) {
  const made = make("input", cls);
  made.type = type;
  return made;
}

/**
 * Fills a list.
 * @param {HTMLSelectElement} list
 * @param {Entry[]} entries
 * @param {string | number} value
 */
export function options(list, entries, value) {
  list.replaceChildren(...entries.map(([key, text]) => {
    const one = make("option", "", text);
    one.value = String(key);
    return one;
  }));
  list.value = String(value);
}

/** What was said before a row.
 * @param {Turn[]} context
 */
export const turns = (context) => context.map((turn) => make("p", `turn ${turn.role}`, turn.content));

/**
 * What turns the pages of a list: back and on, with the place between them; `last` is the number of the last page.
 * @param {PageOf} shown
 * @param {(page: number) => unknown} go
 * @param {string} [where] the sentence that says the place
 */
export function pages({ page, total, size }, go, where = "data_tab.where") {
  const last = Math.max(0, Math.ceil(total / size) - 1), from = total ? page * size + 1 : 0;
  /** @param {string} key @param {number} to */
  const turn = (key, to) => {
    const one = button("quiet", "", say(key), () => go(to));
    one.disabled = to < 0 || to > last;
    return one;
  };
  const place = make("span", "where", say(where, { from, to: Math.min(from + size - 1, total), total }));
  return { back: turn("data_tab.page_back", page - 1), place, on: turn("data_tab.page_on", page + 1), last };
}

/** Makes a field as high as its text, now and while somebody types; returns what does so once more.
 * @param {HTMLTextAreaElement} box
 */
export function growing(box) {
  box.rows = 1;
  const fit = () => {
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  };
  box.addEventListener("input", fit);
  requestAnimationFrame(fit);
  return fit;
}

/** Whether a key belongs to an input method: Enter ends a composition, and means nothing else then.
 * @param {KeyboardEvent} event
 */
export const composing = (event) => event.isComposing || event.keyCode === 229; // 229: Safari's last key of one

// --- when ---
/**
 * What does `act` once it was not called for so long; its `stop` forgets that it was.
 * @param {number} milliseconds
 * @param {() => unknown} act
 */
export function rested(milliseconds, act) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  const start = () => {
    stop();
    timer = setTimeout(act, milliseconds);
  };
  return Object.assign(start, { stop });
}

const AT_REST = 9; // times as long as it took to ask and to draw; but no more than
const SELDOM = 2; // times as seldom as where all is quick

/**
 * Does `act` now and every so many milliseconds, or as many as it says itself, while the component is there and its page
 * is seen, never twice at once; returns what does it in between. A page that comes into view again does it at once.
 * Where asking and drawing take long, as on a computer that trains at the same time, it rests the longer for it.
 * While nobody sees the page it is done as seldom as `unseen` says; 0, as it is without it: not at all.
 * @param {number} milliseconds
 * @param {() => Promise<number | void>} act
 * @param {() => number} [unseen]
 */
export function repeated(milliseconds, act, unseen = () => 0) {
  let busy = false, timer = 0, there = false;
  async function once() {
    clearTimeout(timer);
    if (there && !element.isConnected) return document.removeEventListener("visibilitychange", once);
    there = element.isConnected; // not yet, while the page is put together
    if (busy || (document.hidden && !unseen())) return;
    busy = true;
    const began = performance.now();
    let rest = milliseconds;
    try {
      rest = (await act()) ?? milliseconds;
    } finally {
      busy = false;
      rest = Math.max(rest, Math.min(AT_REST * (performance.now() - began), SELDOM * rest));
      timer = setTimeout(once, (document.hidden && unseen()) || rest);
    }
  }
  document.addEventListener("visibilitychange", once);
  once();
  return once;
}

// --- the server ---
/**
 * Asks Python's function `name`, and tells whatever comes back.
 * @template {Name} N
 * @param {N} name
 * @param {Asked<N> & { dataset?: string | null }} asked
 * @returns {Promise<Answer<Told<N>>>}
 */
export function request(name, asked) {
  return /** @type {Promise<Answer<Told<N>>>} */ (server[name](asked));
}

/**
 * What was answered; raises the sentence that says why there is no answer.
 * @template T
 * @param {T | Failure | undefined} answer
 * @returns {T}
 */
export function answered(answer) {
  if (answer === undefined) throw new Error(say("ui.not_saved"));
  if (answer && typeof answer === "object" && "error" in answer) throw new Error(String(answer.error));
  return answer;
}

/** The sentence of what was raised.
 * @param {unknown} error
 */
export const reason = (error) => (error instanceof Error && error.message) || say("ui.not_saved");

// --- saving ---
/**
 * Hands text or bytes to the browser as a file.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} [type]
 */
export function save(name, content, type = "") {
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

/** The same with a file as Python sends it.
 * @param {Base64File} file
 */
export function saveFile(file) {
  save(file.name, Uint8Array.from(atob(file.content), (char) => char.charCodeAt(0)));
}
