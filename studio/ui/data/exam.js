// The exam of a dataset of facts: each fact with its questions, to strike, reword and write; saved when a field is left.
import { $, button, composing, count, growing, input, make, pages, request, rested, say, tell } from "../kit/page.js";

/** @typedef {(sentence: string) => void} Fail */
/** @type {string | null} */
let dataset = null;
let asked = { page: 0, bare: false };
let line = Promise.resolve();
/** @param {string} key @param {Record<string, unknown>} [details] */
const x = (key, details) => say("exam." + key, details);

// What moves while a finger or the mouse is down makes the click miss: leaving a field saves it, and that adds lines.
/** @type {Promise<unknown>} */
let released = Promise.resolve();
element.addEventListener("pointerdown", () => {
  released = new Promise((go) => {
    for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(go), { once: true });
  });
}, true);
/**
 * One request at a time, in order.
 * @template {Name} N
 * @param {N} name
 * @param {Asked<N>} data
 * @param {(answer: Told<N>) => void} done
 * @param {Fail} [failed]
 */
function call(name, data, done, failed = (sentence) => tell(sentence, "bad")) {
  const of = dataset;
  line = line.then(async () => {
    const answer = await request(name, { dataset: of, ...data });
    await released;
    if (of !== dataset) return;
    if (!answer || "error" in answer) return failed(answer?.error || say("ui.not_saved"));
    done(answer);
  }).catch(() => failed(say("ui.not_saved")));
}
const later = rested(1500, () => trigger("edited"));
/** @param {ExamChange} answer */
function saved(answer) {
  paint_head(answer.counts);
  tell(say("ui.saved"), "good");
  later();
}

/**
 * A field that is saved when it is left, or with Enter.
 * @param {string} text
 * @param {string} label
 * @param {(text: string, done: () => void, failed: Fail) => void} save
 */
function field(text, label, save) {
  const frame = make("div", "exam-field"), box = make("textarea"), problem = make("p", "state bad");
  box.value = text;
  box.maxLength = 2000;
  box.setAttribute("aria-label", label);
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const fit = growing(box);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || composing(event)) return;
    event.preventDefault();
    if (box.value !== box.defaultValue) box.dispatchEvent(new Event("change"));
  });
  /** @type {Fail} */
  function wrong(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
    box.setAttribute("aria-invalid", String(Boolean(sentence)));
  }
  /** @type {string | null} */
  let sent = null; // what is on its way: Enter, and then leaving, save once
  box.addEventListener("change", () => {
    const wanted = box.value.trim();
    if (wanted === box.defaultValue) return wrong("");
    if (wanted === sent) return;
    sent = wanted;
    tell(say("ui.saving"));
    save(wanted, () => {
      sent = null;
      wrong("");
    }, (sentence) => {
      sent = null;
      tell("");
      wrong(sentence);
    });
  });
  frame.append(box, problem);
  /** @param {string} value */
  const set = (value) => {
    box.defaultValue = box.value = value;
    fit();
  };
  return { frame, box, fit, set };
}

// --- a fact and its questions ---
/** @typedef {{ row: HTMLElement, show(next: Question): void }} Line */
/** @param {Fact} fact */
function card(fact) {
  const item = make("li", "exam-fact"), head = make("div", "exam-taught"), list = make("ul", "exam-questions"), tools = make("div", "exam-more");
  /** @type {Map<string, Line>} question → its line */
  const lines = new Map();
  head.append(make("p", "exam-asked-as", fact.text), make("p", "exam-answer", fact.answer));
  if (fact.ways > 1) head.append(make("small", "", x("ways", { n: fact.ways })));
  const none = make("p", "exam-none", x("none"));
  item.tabIndex = -1;

  /** @param {Fact} now */
  function update(now) {
    const texts = new Set(now.questions.map((question) => question.text));
    for (const question of now.questions) {
      const known = lines.get(question.text);
      if (known) known.show(question);
      else add_line(question);
    }
    for (const [text, one] of lines) {
      if (texts.has(text)) continue;
      if (one.row.contains(document.activeElement)) item.focus();
      one.row.remove();
      lines.delete(text);
    }
    none.hidden = now.questions.some((question) => question.part);
  }
  /** @param {Question} question */
  function add_line(question) {
    const one = line_of(question, lines, (answer) => {
      saved(answer);
      update(answer.fact);
    });
    lines.set(question.text, one);
    list.append(one.row);
  }

  const more = field("", x("write_for", { text: fact.text }), (text, done, failed) => {
    if (!text) {
      done();
      return tell("");
    }
    call("write_question", { number: fact.number, text }, (answer) => {
      done();
      more.set("");
      saved(answer);
      update(answer.fact);
    }, failed);
  });
  more.box.placeholder = x("write_here");
  const open = button("quiet", "plus", x("write"), () => {
    unfold();
    more.box.focus();
  });
  const offered = make("ul", "exam-offered");
  const ask = button("quiet", "", x("by_model"), () => {
    tell(x("asking_model"));
    ask.disabled = true;
    call("model_phrasings", { number: fact.number }, ({ phrasings }) => {
      ask.disabled = false;
      const fresh = phrasings.filter((text) => !lines.has(text));
      tell(fresh.length ? "" : x("model_has_none"));
      offered.replaceChildren(...fresh.map(offer));
    }, (sentence) => {
      ask.disabled = false;
      tell(sentence, "bad");
    });
  });
  /** A question that a model thought of; it is asked only once somebody takes it. @param {string} text */
  function offer(text) {
    const line = make("li");
    line.append(button("quiet", "plus", text, () => {
      call("write_question", { number: fact.number, text }, (answer) => {
        line.remove();
        saved(answer);
        update(answer.fact);
      });
    }));
    return line;
  }
  function unfold() {
    open.hidden = true;
    more.frame.hidden = false;
    more.fit();
  }
  more.frame.hidden = true;
  tools.append(open, more.frame, ask, offered);
  item.append(head, none, list, tools);
  update(fact);
  if (!none.hidden) unfold();
  return item;
}

/**
 * @param {Question} question
 * @param {Map<string, Line>} lines
 * @param {(answer: ExamChange) => void} changed
 */
function line_of(question, lines, changed) {
  const row = make("li", "exam-question"), label = make("label", "exam-tick"), tick = input("checkbox"), note = make("p", "exam-origin");
  let now = question;
  label.append(tick);
  tick.addEventListener("change", () => {
    tell(say("ui.saving"));
    call("strike_question", { number: now.number, text: now.text, kept: tick.checked }, changed, (sentence) => {
      tick.checked = !tick.checked;
      tell(sentence, "bad");
    });
  });
  const said = field(question.text, x("question"), (text, done, failed) => {
    const old = now.text;
    call("reword_question", { number: now.number, text: old, new: text }, (answer) => {
      done();
      lines.delete(old);
      lines.set(text, one);
      said.box.defaultValue = text;
      changed(answer);
    }, failed);
  });
  said.box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || composing(event)) return;
    said.set(now.text);
    said.box.dispatchEvent(new Event("change"));
  });
  /** @type {Line} */
  const one = {
    row,
    show(next) {
      now = next;
      tick.checked = Boolean(now.part);
      tick.setAttribute("aria-label", x("ask_it", { text: now.text }));
      row.classList.toggle("struck", !now.part);
      const struck = now.origin === "own" ? "struck_own" : "struck";
      const part = now.part ? say("data_tab.part_" + now.part) : x(struck);
      note.replaceChildren(make("span", "from-" + now.origin, x("from_" + now.origin)), make("span", "", part));
    },
  };
  one.show(question);
  row.append(label, said.frame, note);
  return one;
}

// --- the page ---
const bare = $("button.exam-bare");
bare.addEventListener("click", () => {
  asked = { page: 0, bare: !asked.bare };
  load();
});
/** @param {Counts} counts */
function paint_head(counts) {
  $(".exam-title").textContent = x("title");
  $(".exam-help").textContent = x("help");
  const origins = /** @type {const} */ (["own", "rule", "written"]).filter((origin) => counts[origin]);
  const whence = origins.map((origin) => x("count_" + origin, { n: count(counts[origin]) }));
  const total = x("counts", { n: count(counts.validation + counts.test), validation: count(counts.validation), test: count(counts.test) });
  $(".exam-counts").replaceChildren(make("strong", "", total), make("span", "", whence.join(" · ")));
  bare.hidden = !counts.bare && !asked.bare;
  bare.textContent = x("bare", { n: count(counts.bare) });
  bare.setAttribute("aria-pressed", String(asked.bare));
}
/** @param {ExamPage} answer */
function paint_pages(answer) {
  const { back, place, on, last } = pages(answer, (page) => {
    asked.page = page;
    load(() => $(".exam-title").scrollIntoView({ block: "start" }));
  }, "exam.where");
  $(".pages").replaceChildren(back, place, on);
  $(".pages").hidden = last === 0;
}
function load(then = () => {}) {
  call("exam_page", asked, (answer) => {
    asked.page = answer.page;
    paint_head(answer.counts);
    $(".exam-facts").replaceChildren(...answer.facts.map(card));
    paint_pages(answer);
    $(".exam").hidden = false;
    then();
  });
}
function open() {
  const next = props.value?.dataset ?? null;
  if (next !== dataset) {
    dataset = next;
    asked = { page: 0, bare: false };
    tell("");
    $(".exam").hidden = true;
  }
  if (dataset) load();
}
watch("value", open);
open();
