// All runs: one is chosen by a click; those that wait are moved, held and let go.
import { $, answered, button, make, put, reason, request, say, tell } from "../kit/page.js";

const MARKS = { queued: "clock", paused: "pause", finished: "check", failed: "warn", interrupted: "warn", damaged: "warn" };
const hold = $(".runs-waiting button.hold"), past = $(".runs-waiting input");
const given = () => /** @type {History | null} */ (props.value || null);
for (const word of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-word]"))) {
  put(word, say("train_tab." + word.dataset.word));
}
put($(".past span"), say("train_tab.past_failures"));

/** Asks Python to change the queue, and has the page made anew.
 * @param {"move_run" | "hold_queue" | "go_past_failures"} name
 * @param {object} asked
 */
async function change(name, asked) {
  try {
    answered(await request(name, /** @type {never} */ (asked)));
    tell("");
  } catch (error) {
    tell(reason(error), "bad");
  }
  trigger("changed");
}

/** @param {HistoryRow} run */
function entry(run) {
  const one = make("button", `run-row ${run.state}`), mark = /** @type {Record<string, string>} */ (MARKS)[run.state];
  one.type = "button";
  one.dataset.run = run.id;
  if (given()?.chosen === run.id) one.setAttribute("aria-current", "true");
  const sign = make("span", `sign ${run.colour}`), words = make("span", "words");
  sign.setAttribute("aria-hidden", "true");
  if (mark) sign.append(make("span", `icon icon-${mark}`));
  words.append(make("strong", "", run.title), make("small", "", [run.status, run.detail].filter(Boolean).join(" · ")));
  one.append(sign, words);
  one.addEventListener("click", () => {
    props.value = { ...given(), chosen: run.id };
    trigger("chosen");
    paint();
  });
  return one;
}

/** @param {HistoryRow} run @param {number} place @param {HistoryRow[]} all */
function waiting(run, place, all) {
  const line = make("div", "run-line");
  /** @param {number} by @param {string} name */
  const mover = (by, name) => {
    const one = button("icon-only", name, "", () => change("move_run", { run: run.id, by }));
    one.setAttribute("aria-label", say("train_tab.move_" + name, { name: run.title }));
    one.title = say("train_tab.move_" + name, { name: run.title });
    one.disabled = place + by < 0 || place + by >= all.length;
    return one;
  };
  line.append(entry(run), ...(all.length > 1 ? [mover(-1, "up"), mover(1, "down")] : []));
  return line;
}

function paint() {
  const value = given();
  if (!value) return;
  const at = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.run;
  $(".runs-now").hidden = !value.now.length;
  $(".runs-waiting").hidden = !value.waiting.length && !value.held;
  $(".runs-before").hidden = !value.before.length;
  $(".runs-now .list").replaceChildren(...value.now.map(entry));
  $(".runs-waiting .list").replaceChildren(...value.waiting.map(waiting));
  $(".runs-before .list").replaceChildren(...value.before.map(entry));
  put($(".runs-waiting h3"), say("train_tab.waiting", { n: value.waiting.length }));
  put(hold, say(value.held ? "train_tab.go_on" : "train_tab.hold"));
  hold.classList.toggle("strong", value.held);
  put($(".held"), value.held ? say("train_tab.held") : "");
  past.checked = value.past_failures;
  if (at) /** @type {HTMLElement | null} */ (element.querySelector(`[data-run="${CSS.escape(at)}"]`))?.focus();
}
hold.addEventListener("click", () => change("hold_queue", { held: !given()?.held }));
past.addEventListener("change", () => change("go_past_failures", { on: past.checked }));
watch("value", paint);
paint();
