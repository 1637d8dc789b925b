// More ways to say a row: offered by rules or by a model, ticked, and added as rows of their own.
import { answered, button, input, make, put, reason, request, say } from "../kit/page.js";
import { again, call, changed, table } from "./rows.js";

/** Opens them below the row, or closes them.
 * @param {Row} row
 * @param {HTMLTableRowElement} tr
 * @param {HTMLButtonElement} opener
 */
export function ways(row, tr, opener) {
  const open = tr.nextElementSibling?.classList.contains("ways") ? tr.nextElementSibling : null;
  opener.setAttribute("aria-expanded", String(!open));
  if (open) return open.remove();
  const line = make("tr", "ways"), cell = make("td"), box = make("div", "ways-box");
  cell.colSpan = 5;
  cell.append(box);
  line.append(cell);
  tr.after(line);
  call("other_phrasings", () => ({ number: row.number }), (answer) => paint(row.number, box, answer.phrasings, opener));
}

/** @param {number} number @param {HTMLElement} box @param {string[]} phrasings @param {HTMLButtonElement} opener */
function paint(number, box, phrasings, opener) {
  const what = say(table.shown?.labelled ? "table.ways_label" : "table.ways_answer");
  const list = make("ul"), boxes = phrasings.map((text) => {
    const item = make("li"), label = make("label"), tick = input("checkbox");
    tick.checked = true;
    tick.value = text;
    tick.addEventListener("change", count);
    label.append(tick, make("span", "", text));
    item.append(label);
    list.append(item);
    return tick;
  });
  const ticked = () => boxes.filter((one) => one.checked).map((one) => one.value);
  const sum = make("span"), ok = button("strong", "plus", "", () => {
    call("insert_phrasings", () => ({ number, texts: ticked() }), async (answer) => {
      await again();
      changed(say("table.ways_added", { n: answer.changed }));
    });
  });
  ok.append(sum);
  function count() {
    put(sum, say("table.ways_add", { n: ticked().length }));
    ok.disabled = !ticked().length;
  }
  const note = make("p", "state");
  const model = button("quiet", "", say("table.ways_model"), async () => { // not in line with the edits: a model takes its time
    model.disabled = true;
    put(note, say("table.ways_thinking"));
    const answer = await request("model_phrasings", { dataset: table.dataset, number });
    if (!box.isConnected) return;
    try {
      paint(number, box, [...new Set([...phrasings, ...answered(answer).phrasings])], opener);
    } catch (error) {
      put(note, reason(error));
      model.disabled = false;
    }
  });
  const close = button("quiet", "close", say("table.ways_close"), () => {
    box.closest("tr")?.remove();
    opener.setAttribute("aria-expanded", "false");
    opener.focus();
  });
  const head = make("p", "ways-head", phrasings.length ? say("table.ways_title", { what }) : say("table.ways_none"));
  const tools = make("div", "ways-tools");
  tools.append(...(phrasings.length ? [ok] : []), model, close);
  box.replaceChildren(head, list, tools, note);
  count();
}
