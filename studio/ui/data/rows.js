// The rows that the table shows, and how what is done to them reaches the server: one request at a time, in order.
import { answered, make, reason, request, rested, say, tell } from "../kit/page.js";

/** @type {Wanted} */
export const ANYTHING = { page: 0, search: "", label: "all", part: "all", sort: "number", descending: false, numbers: null };
export const table = {
  /** @type {string | null} */
  dataset: null,
  /** @type {TablePage | null} */
  shown: null,
  asked: { ...ANYTHING },
  why: "", // the rows of `asked.numbers` are shown
};

/** @type {Promise<unknown>} */
let line = Promise.resolve();
/**
 * @template {Name} N
 * @param {N} name
 * @param {() => Asked<N>} data is read when its turn has come
 * @param {(answer: Told<N>) => unknown} done
 */
export function call(name, data, done) {
  line = line
    .then(async () => done(answered(await request(name, { dataset: table.dataset, ...data() }))))
    .catch((error) => tell(reason(error), "bad"));
  return line;
}

let paint = () => {};
/** What is to happen when rows were read.
 * @param {() => void} act
 */
export function whenShown(act) {
  paint = act;
}
/** @param {TablePage} answer */
export function show(answer) {
  table.shown = answer;
  table.asked = { ...table.asked, page: answer.page };
  paint();
}
/** The page anew, within a call. */
export async function again() {
  show(answered(await request("table_page", { dataset: table.dataset, ...table.asked })));
}

const later = rested(700, () => trigger("edited"));
/** Says that what was done is on the disk, here at once, and to the rest of the page when the hand rests.
 * @param {string} [text]
 */
export function changed(text = say("ui.saved")) {
  tell(text, "good");
  later();
}

/**
 * A list to choose from, with its name.
 * @param {string} cls
 * @param {string} key
 * @param {(value: string) => void} use
 */
export function picker(cls, key, use) {
  const list = make("select", cls);
  list.setAttribute("aria-label", say(key));
  list.addEventListener("change", () => use(list.value));
  return list;
}

