// One line of the report card: a light, a figure, a sentence and the next step; a click opens what lies below it.
import { $, put } from "../kit/page.js";

/** @typedef {{ colour: string, title: string, answer: string, figure: string, sure: string, why: string, next: string, opens: boolean }} CardLine */

const head = /** @type {HTMLButtonElement} */ ($(".line-head"));
const whole = () => element.closest(".card-line");

/** @param {boolean} open */
function turn(open) {
  whole()?.classList.toggle("open", open);
  head.setAttribute("aria-expanded", String(open));
  if (open) dispatchEvent(new Event("resize")); // a chart that was out of sight learns its width
}

function show() {
  /** @type {CardLine | null} */
  const line = props.value;
  head.hidden = !line;
  if (!line) return;
  head.className = `line-head lamp ${line.colour}`;
  head.disabled = !line.opens;
  if (!line.opens) turn(false);
  put($(".line-title"), line.title);
  put($(".line-answer"), line.answer);
  put($(".line-figure"), line.figure);
  put($(".line-sure"), line.sure);
  put($(".line-why"), line.why);
  put($(".line-next"), line.next);
}

head.setAttribute("aria-expanded", "false");
head.addEventListener("click", () => turn(head.getAttribute("aria-expanded") !== "true"));
watch("value", show);
show();
