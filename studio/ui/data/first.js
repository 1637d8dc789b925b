// Rows that are to be looked at before all others: what is likely labelled wrong, or like what was answered wrong.
import { $, put, say, tell } from "../kit/page.js";
import { desk } from "./desk.js";

/** @param {(act: Act) => void} act */
export function firstInLine(act) {
  let seen = ""; // the line that was turned to, unasked, once
  const bar = $(".card-first"), go = $(".card-first button");
  go.addEventListener("click", () => change(desk.order === "first" ? "rows" : "first"));

  /** @param {string} order */
  function change(order) {
    desk.order = order;
    act({ do: "open", number: 0 });
  }
  /** What follows from an answer: a line that is new is turned to, one that is done is left.
   * @param {Act} asked
   * @param {Card | null} card
   */
  function turn(asked, card) {
    if (!card || desk.order === "disputes") return;
    const line = card.first ? `${desk.dataset} ${card.first.why}` : "";
    if (desk.order === "first" && !card.first) {
      seen = "";
      change("rows");
      tell(say("label.first_done"), "good");
    } else if (asked.do === "open" && line && line !== seen && desk.order === "rows") {
      seen = line;
      change("first");
    }
  }
  /** @param {Card} card */
  function paint(card) {
    bar.hidden = !card.first;
    if (!card.first) return;
    put($(".card-first span"), say("label.first_" + card.first.why, { count: card.first.left }));
    put(go, say(desk.order === "first" ? "label.first_later" : "label.first_now"));
  }
  return { turn, paint };
}
