// The exam of a dataset of facts: each fact with its questions, to strike, reword and write; saved when a field is left.
const { say, make, button } = window.xiaozao;
const $ = (selector) => element.querySelector(selector);
const x = (key, details) => say("exam." + key, details);
const count = (n) => n.toLocaleString();
let dataset = null, asked = { page: 0, bare: false }, line = Promise.resolve();

function tell(text, kind = "") {
  $(".state").textContent = text;
  $(".state").className = "state " + kind;
}
// What moves while a finger or the mouse is down makes the click miss: leaving a field saves it, and that adds lines.
let released = Promise.resolve();
element.addEventListener("pointerdown", () => {
  released = new Promise((go) => {
    for (const end of ["pointerup", "pointercancel"]) window.addEventListener(end, () => setTimeout(go), { once: true });
  });
}, true);
function call(name, data, done, failed = (sentence) => tell(sentence, "bad")) { // one request at a time, in order
  const of = dataset;
  line = line.then(async () => {
    const answer = await server[name]({ dataset: of, ...data });
    await released;
    if (of !== dataset) return;
    if (!answer || answer.error) return failed(answer?.error || say("ui.not_saved"));
    done(answer);
  }).catch(() => failed(say("ui.not_saved")));
}
let later = 0;
function saved(answer) {
  paint_head(answer.counts);
  tell(say("ui.saved"), "good");
  clearTimeout(later);
  later = setTimeout(() => trigger("edited"), 1500);
}

// --- a field that is saved when it is left, or with Enter outside a composition ---
function field(text, label, save) {
  const frame = make("div", "exam-field"), box = make("textarea"), problem = make("p", "state bad");
  box.rows = 1;
  box.value = text;
  box.maxLength = 2000;
  box.setAttribute("aria-label", label);
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const fit = () => { box.style.height = "auto"; box.style.height = box.scrollHeight + 2 + "px"; };
  box.addEventListener("input", fit);
  requestAnimationFrame(fit);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    if (box.value !== box.defaultValue) box.dispatchEvent(new Event("change"));
  });
  function wrong(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
    box.setAttribute("aria-invalid", String(Boolean(sentence)));
  }
  let sent = null; // what is on its way: Enter, and then leaving, save once
  box.addEventListener("change", () => {
    const wanted = box.value.trim();
    if (wanted === box.defaultValue) return wrong("");
    if (wanted === sent) return;
    sent = wanted;
    tell(say("ui.saving"));
    save(wanted, () => { sent = null; wrong(""); }, (sentence) => { sent = null; tell(""); wrong(sentence); });
  });
  frame.append(box, problem);
  return { frame, box, fit, set(value) { box.defaultValue = box.value = value; fit(); } };
}

// --- a fact and its questions ---
function card(fact) {
  const item = make("li", "exam-fact"), head = make("div", "exam-taught"), list = make("ul", "exam-questions"), tools = make("div", "exam-more");
  const lines = new Map(); // question → its line
  head.append(make("p", "exam-asked-as", fact.text), make("p", "exam-answer", fact.answer));
  if (fact.ways > 1) head.append(make("small", "", x("ways", { n: fact.ways })));
  const none = make("p", "exam-none", x("none"));
  item.tabIndex = -1;

  function update(now) {
    const texts = new Set(now.questions.map((question) => question.text));
    for (const question of now.questions) {
      if (lines.has(question.text)) lines.get(question.text).show(question);
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
  function add_line(question) {
    const one = line_of(question, lines, (answer) => { saved(answer); update(answer.fact); });
    lines.set(question.text, one);
    list.append(one.row);
  }

  const more = field("", x("write_for", { text: fact.text }), (text, done, failed) => {
    if (!text) { done(); return tell(""); }
    call("write_question", { number: fact.number, text }, (answer) => { done(); more.set(""); saved(answer); update(answer.fact); }, failed);
  });
  more.box.placeholder = x("write_here");
  const open = button("quiet", "plus", x("write"));
  open.addEventListener("click", () => { unfold(); more.box.focus(); });
  function unfold() { open.hidden = true; more.frame.hidden = false; more.fit(); }
  more.frame.hidden = true;
  tools.append(open, more.frame);
  item.append(head, none, list, tools);
  update(fact);
  if (!none.hidden) unfold();
  return item;
}

function line_of(question, lines, changed) {
  const row = make("li", "exam-question"), label = make("label", "exam-tick"), tick = make("input"), note = make("p", "exam-origin");
  let now = question;
  tick.type = "checkbox";
  label.append(tick);
  tick.addEventListener("change", () => {
    tell(say("ui.saving"));
    call("strike_question", { number: now.number, text: now.text, kept: tick.checked }, changed, (sentence) => { tick.checked = !tick.checked; tell(sentence, "bad"); });
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
    if (event.key === "Escape" && !event.isComposing) { said.set(now.text); said.box.dispatchEvent(new Event("change")); }
  });
  const one = {
    row,
    show(next) {
      now = next;
      tick.checked = Boolean(now.part);
      tick.setAttribute("aria-label", x("ask_it", { text: now.text }));
      row.classList.toggle("struck", !now.part);
      const struck = now.origin === "own" ? "struck_own" : "struck";
      note.replaceChildren(make("span", "from-" + now.origin, x("from_" + now.origin)), make("span", "", now.part ? say("data_tab.part_" + now.part) : x(struck)));
    },
  };
  one.show(question);
  row.append(label, said.frame, note);
  return one;
}

// --- the page ---
const bare = $(".exam-bare");
bare.addEventListener("click", () => { asked = { page: 0, bare: !asked.bare }; load(); });
function paint_head(counts) {
  $(".exam-title").textContent = x("title");
  $(".exam-help").textContent = x("help");
  const whence = ["own", "rule", "written"].filter((origin) => counts[origin]).map((origin) => x("count_" + origin, { n: count(counts[origin]) }));
  const total = x("counts", { n: count(counts.validation + counts.test), validation: count(counts.validation), test: count(counts.test) });
  $(".exam-counts").replaceChildren(make("strong", "", total), make("span", "", whence.join(" · ")));
  bare.hidden = !counts.bare && !asked.bare;
  bare.textContent = x("bare", { n: count(counts.bare) });
  bare.setAttribute("aria-pressed", String(asked.bare));
}
function paint_pages(answer) {
  const last = Math.max(0, Math.ceil(answer.total / answer.size) - 1), from = answer.page * answer.size;
  const turn = (key, to) => {
    const one = button("quiet", "", say(key));
    one.disabled = to < 0 || to > last;
    one.addEventListener("click", () => { asked.page = to; load(() => $(".exam-title").scrollIntoView({ block: "start" })); });
    return one;
  };
  const where = x("where", { from: from + 1, to: Math.min(from + answer.size, answer.total), total: answer.total });
  $(".pages").replaceChildren(turn("data_tab.page_back", answer.page - 1), make("span", "where", where), turn("data_tab.page_on", answer.page + 1));
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
  if (next !== dataset) { dataset = next; asked = { page: 0, bare: false }; tell(""); $(".exam").hidden = true; }
  if (dataset) load();
}
watch("value", open);
open();
