// One answer at a time, whose it is not told, marked from 1 to 5 for each criterion; and the same as an Excel file, out
// and back in. Keys 1 to 5 mark the next criterion.
import { $, answered, button, composing, make, put, reason, request, saveFile, say, turns } from "../kit/page.js";

const CRITERIA = ["accurate", "professional", "useful"];
const LARGEST = 10_000_000; // bytes of a sheet that comes back

/**
 * @param {() => Judge} asked
 * @param {() => unknown} edited what else is told of what was said
 */
export function marking(asked, edited) {
  /** @type {Paper | null} */
  let paper = null;
  /** @type {Record<string, number>} */
  let given = {};
  let busy = false;
  /** @param {string} key @param {Record<string, unknown>} [details] */
  const j = (key, details) => say("judging." + key, details);
  const file = $("input.sheet-file");
  /** @param {string} text @param {string} [kind] */
  function told(text, kind = "") {
    put($(".paper-state"), text);
    $(".paper-state").className = `state paper-state ${kind}`;
  }
  for (const [selector, key] of [[".paper-help", "mark_help"], [".paper-begin", "begin"], [".sheet-out", "sheet_out"], [".sheet-back", "sheet_back"], [".sheet-help", "sheet_help"]]) put($(selector), j(key));
  file.setAttribute("aria-label", j("sheet_back"));
  const rows = CRITERIA.map((name) => {
    const row = make("div", "marks-row"), marks = make("div", "marks-buttons");
    marks.setAttribute("role", "group");
    marks.setAttribute("aria-label", j("column_" + name));
    for (let mark = 1; mark <= 5; mark += 1) marks.append(button("choice", "", String(mark), () => give(name, mark)));
    row.append(make("span", "", j("column_" + name)), marks, make("small", "soft", j("means_" + name)));
    return row;
  });
  $(".paper-marks").append(...rows);

  /**
   * @template {Name} N
   * @param {N} name
   * @param {Asked<N>} data
   * @param {(answer: Told<N>) => void} done
   */
  async function call(name, data, done) {
    if (busy) return;
    const of = JSON.stringify(asked());
    busy = true;
    try {
      const answer = answered(await request(name, data));
      if (of === JSON.stringify(asked())) done(answer);
    } catch (error) {
      told(reason(error), "bad");
    } finally {
      busy = false;
    }
  }
  /** @param {PaperAnswer} answer */
  function next(answer) {
    paper = answer.paper;
    given = {};
    paint();
    told(paper ? j("marked_count", { count: answer.count }) : j("all_marked"), paper ? "" : "good");
  }
  /** @param {string} name @param {number} mark */
  function give(name, mark) {
    if (!paper || busy) return;
    given = { ...given, [name]: mark };
    paint();
    if (CRITERIA.some((one) => !given[one])) return;
    told(say("ui.saving"));
    call("paper_mark", { ...asked(), code: paper.code, marks: given }, (answer) => { next(answer); edited(); });
  }
  function paint() {
    $(".paper-begin").hidden = paper !== null;
    $(".paper-shown").hidden = paper === null;
    if (!paper) return;
    $(".paper-shown .card-context").replaceChildren(...turns(paper.context));
    put($(".paper-question"), paper.text);
    put($(".paper-wanted"), paper.wanted ? j("wanted", { answer: paper.wanted }) : "");
    put($(".paper-answer"), paper.answer);
    rows.forEach((row, at) => {
      row.querySelectorAll("button").forEach((one, mark) => { one.setAttribute("aria-pressed", String(given[CRITERIA[at]] === mark + 1)); });
    });
  }
  $(".paper-begin").addEventListener("click", () => {
    told(j("waiting"));
    call("paper_next", asked(), next);
  });
  $(".sheet-out").addEventListener("click", () => {
    told(j("waiting"));
    call("sheet_out", asked(), (answer) => { saveFile(answer); told(j("sheet_made"), "good"); });
  });
  $(".sheet-back").addEventListener("click", () => file.click());
  file.addEventListener("change", async () => {
    const chosen = file.files?.[0];
    file.value = "";
    if (!chosen) return;
    if (chosen.size > LARGEST) return told(say("ui.too_large"), "bad");
    const bytes = new Uint8Array(await chosen.arrayBuffer());
    const content = btoa(bytes.reduce((text, byte) => text + String.fromCharCode(byte), ""));
    told(say("ui.saving"));
    call("sheet_back", { ...asked(), name: chosen.name, content }, (answer) => {
      told(answer.words, answer.problems.length ? "" : "good");
      $(".sheet-problems").replaceChildren(...answer.problems.map((line) => make("li", "", line)));
      edited();
    });
  });
  element.addEventListener("keydown", (event) => {
    if (!paper || $(".papers").hidden || !(event.target instanceof HTMLElement) || event.target.matches("input, textarea, select")) return;
    if (composing(event) || event.ctrlKey || event.metaKey || event.altKey || !/^[1-5]$/.test(event.key)) return;
    const waiting = CRITERIA.find((name) => !given[name]);
    event.preventDefault();
    if (waiting) give(waiting, Number(event.key));
  });
  return {
    /** Begins anew for another run, another rival or another judge. */
    anew() {
      paper = null;
      given = {};
      paint();
      told("");
      $(".sheet-problems").replaceChildren();
    },
  };
}
