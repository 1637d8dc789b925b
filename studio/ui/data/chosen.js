// Rows that are chosen, one by one, by a range, or all that match; and what is done to all of them at once.
import { $, button, composing, count, input, make, options, put, say, tell } from "../kit/page.js";
import { again, call, changed, picker, table } from "./rows.js";

/** @type {Set<number>} */
let chosen = new Set();
let everything = false; // all that match, on every page
/** @type {number | null} the row that was clicked last, where a range begins */
let last = null;

export function chooseNone() {
  chosen = new Set();
  everything = false;
  last = null;
}

/** A row is gone.
 * @param {number} number
 */
export const forget = (number) => chosen.delete(number);

/** @param {number} number @param {boolean} on @param {boolean} ranging */
function choose(number, on, ranging) {
  const numbers = (table.shown?.rows ?? []).map((one) => one.number);
  if (everything) chosen = new Set(numbers); // the rest of the page stays chosen
  everything = false;
  const ends = [last === null ? -1 : numbers.indexOf(last), numbers.indexOf(number)].sort((a, b) => a - b);
  mark(ranging && ends[0] >= 0 ? numbers.slice(ends[0], ends[1] + 1) : [number], on);
  last = number;
  paintChosen();
}
/** @param {number[]} numbers @param {boolean} on */
function mark(numbers, on) {
  for (const number of numbers) {
    if (on) chosen.add(number);
    else chosen.delete(number);
  }
}

/** The box in front of a row.
 * @param {number} number
 */
export function pick(number) {
  const box = input("checkbox", "pick");
  box.dataset.number = String(number);
  box.setAttribute("aria-label", say("table.choose_row", { number }));
  box.addEventListener("click", (event) => choose(number, box.checked, event.shiftKey));
  return box;
}

/** The box above all rows of the page.
 * @param {Row[]} rows
 */
export function pickPage(rows) {
  const box = input("checkbox", "pick");
  box.setAttribute("aria-label", say("table.choose_page"));
  box.addEventListener("change", () => {
    const on = box.checked;
    if (everything) chooseNone();
    mark(rows.map((row) => row.number), on);
    paintChosen();
  });
  return box;
}

export function paintChosen() {
  const { shown } = table;
  if (!shown) return;
  const many = everything ? shown.total : chosen.size;
  for (const box of /** @type {NodeListOf<HTMLInputElement>} */ (element.querySelectorAll("td .pick"))) {
    box.checked = everything || chosen.has(Number(box.dataset.number));
    box.closest("tr")?.classList.toggle("picked", box.checked);
  }
  const page = $("th input.pick"), here = shown.rows.filter((row) => everything || chosen.has(row.number)).length;
  page.checked = here > 0 && here === shown.rows.length;
  page.indeterminate = here > 0 && !page.checked;
  const bar = $(".rows-chosen");
  bar.hidden = many === 0;
  if (bar.hidden) return;
  bar.replaceChildren(make("strong", "", say("table.chosen", { n: count(many) })), ...tools(shown, many));
}

/** @param {TablePage} shown @param {number} many */
function tools(shown, many) {
  /** @type {HTMLElement[]} */
  const found = [];
  if (!everything && shown.total > many) {
    found.push(button("quiet", "", say("table.choose_all", { n: count(shown.total) }), () => {
      everything = true;
      paintChosen();
    }));
  }
  if (shown.labelled) found.push(relabelling(shown.labels, many));
  const words = make("span", "", say("table.remove_chosen")), remove = button("quiet danger", "trash", "", () => {
    if (remove.classList.contains("sure")) return toAll("remove_rows", {}, "table.removed_many", many);
    remove.classList.add("sure"); // the second click means it
    put(words, say("table.remove_sure", { n: count(many) }));
  });
  remove.append(words);
  const none = button("quiet", "close", say("table.unchoose"), () => {
    chooseNone();
    paintChosen();
    $("th .pick").focus();
  });
  return [...found, remove, none];
}

/** @param {string[]} labels @param {number} many */
function relabelling(labels, many) {
  /** @param {string} target */
  const relabel = (target) => toAll("relabel_rows", { target }, "table.relabelled", many);
  const list = picker("filter relabel", "table.relabel_to", (value) => {
    if (value !== "new") return relabel(value.slice(1));
    const box = input("text");
    box.placeholder = say("data_tab.new_label");
    box.setAttribute("aria-label", say("table.relabel_to"));
    box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") paintChosen();
      if (event.key === "Enter" && !composing(event) && box.value.trim()) relabel(box.value.trim());
    });
    list.replaceWith(box);
    box.focus();
  });
  /** @type {Entry[]} */
  const known = labels.map((label) => ["=" + label, label]);
  options(list, [["", say("table.relabel")], ...known, ["=", say("data_tab.no_label")], ["new", say("table.new_label")]], "");
  return list;
}

/**
 * @template {"relabel_rows" | "remove_rows"} N
 * @param {N} name
 * @param {Omit<Asked<N>, keyof Chosen>} values
 * @param {string} done
 * @param {number} many
 */
function toAll(name, values, done, many) {
  tell(say("table.working", { n: count(many) }));
  const wanted = { ...table.asked, all: everything, chosen: [...chosen], ...values };
  call(name, () => wanted, async (answer) => {
    chooseNone();
    await again();
    changed(say(done, { n: count(answer.changed) }));
  });
}
