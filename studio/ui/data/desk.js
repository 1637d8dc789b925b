// What is labelled now, and how it reaches the server: what cannot be sent outlives the page and is sent again.
import { request, say, tell } from "../kit/page.js";

export const desk = {
  /** @type {string | null} */
  dataset: null,
  /** @type {Card | null} */
  card: null,
  order: "rows", // or "uncertain", or "disputes"
  who: "",
  offline: false,
  pending: 0, // acts that wait for their turn
  reading: 0, // of these, those that nobody asked for
};

// --- what is not on the server yet ---
/** @param {number | ""} number */
const unsentKey = (number) => `xiaozao.unsent.${desk.dataset}.${number}`;

/** Keeps in the browser what is about to be sent; returns what forgets it.
 * @param {Act} act
 */
export function keepUnsent({ number = 0, target, revision, who, order }) {
  const key = unsentKey(number);
  localStorage.setItem(key, JSON.stringify({ target, revision, who, order }));
  return () => localStorage.removeItem(key);
}

/** What an earlier visit could not send.
 * @returns {(Act & { number: number })[]}
 */
export function unsent() {
  const prefix = unsentKey("");
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  return keys.map((key) => ({ ...JSON.parse(localStorage[key]), do: "keep", number: Number(key.slice(prefix.length)) }));
}

/** Whether something was not sent yet. */
export const anyUnsent = () => Object.keys(localStorage).some((key) => key.startsWith(unsentKey("")));
/** Says that there is no connection, and of what is not on the server yet that it is kept. */
export const sayOffline = () => tell(say(anyUnsent() ? "label.offline_kept" : "label.offline"), "bad");

// --- who labels here ---
const nameKey = () => "xiaozao.annotator." + desk.dataset;
/** @param {string} name "" for nobody in particular */
export function callMe(name) {
  desk.who = name;
  if (name) localStorage.setItem(nameKey(), name);
  else localStorage.removeItem(nameKey());
}
export const remembered = () => localStorage.getItem(nameKey()) ?? "";

// --- the server ---
/** @param {number} milliseconds */
const pause = (milliseconds) => new Promise((done) => {
  setTimeout(done, milliseconds);
  addEventListener("online", done, { once: true });
});

/**
 * Asks until there is an answer; undefined is what a broken connection returns.
 * @template {Name} N
 * @param {N} name
 * @param {Asked<N>} asked
 */
export async function send(name, asked) {
  const full = { dataset: desk.dataset, ...asked };
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15000)) {
    const answer = await request(name, full);
    if (answer !== undefined) {
      desk.offline = false;
      return answer;
    }
    desk.offline = true;
    sayOffline();
    await pause(wait);
  }
}
