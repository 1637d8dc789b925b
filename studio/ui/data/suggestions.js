// Suggested labels: all that are sure enough at once, the least sure rows first, and waiting for the first ones.
import { $, put, request, say, tell } from "../kit/page.js";
import { desk, send } from "./desk.js";

/**
 * @param {(act: Act) => void} act
 * @param {(act: Act) => void} read
 * @param {(todo: () => void) => void} after does something after all acts before it
 * @param {() => void} edited
 */
export function suggestions(act, read, after, edited) {
  const least = $(".accept-row input"), accept = $("button.accept"), uncertain = $("input.uncertain");
  /** @type {Suggestions} */
  let counted = { count: 0 };
  const threshold = () => Number(least.value) / 100;

  async function count() {
    put($(".at-least"), say("label.at_least", { percent: least.value }));
    if (!$("details.more-suggestions").open || desk.offline) return;
    const found = await request("suggestions", { dataset: desk.dataset, threshold: threshold() });
    paint(found && !("error" in found) ? found : counted);
  }
  /** @param {Suggestions} found */
  function paint(found) {
    counted = found;
    put(accept, say("label.accept", { count: counted.count }));
    accept.disabled = !counted.count;
    put($(".source"), counted.source ?? "");
  }
  least.addEventListener("input", count);
  $(".more-suggestions").addEventListener("toggle", count);
  accept.addEventListener("click", async () => {
    accept.disabled = true;
    tell(say("ui.saving"));
    const answer = await send("accept", { threshold: threshold(), count: counted.count });
    if ("error" in answer) {
      paint(counted);
      return tell(answer.error, "bad");
    }
    paint(answer);
    act({ do: "skip" });
    after(() => {
      tell(say(answer.accepted ? "label.accepted" : "label.count_changed", { count: answer.accepted }), answer.accepted ? "good" : "");
      edited();
    });
  });
  uncertain.addEventListener("change", () => {
    desk.order = uncertain.checked ? "uncertain" : "rows";
    act({ do: "open", number: 0 });
  });

  let peek = 0;
  /** @param {number} wait */
  function expect(wait) { // the first ones are made while the first card is looked at
    clearTimeout(peek);
    if (wait > 20000) return;
    peek = setTimeout(() => {
      const { card } = desk;
      const wanted = card?.labelled && card.done >= 10 && !card.target && !card.suggestion;
      const busy = desk.pending || desk.offline || element.offsetParent === null || $(".card-choices").contains(document.activeElement);
      if (wanted && !busy) read({ do: "look" });
      expect(2 * wait);
    }, wait);
  }
  return { count, expect };
}
