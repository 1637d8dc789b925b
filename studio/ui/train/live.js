// Asks again and again how the shown run stands, more seldom once it has ended: text is replaced, charts only grow, so
// that a zoom stays.
import { painter } from "../kit/fragment.js";
import { $, put, repeated, request, say } from "../kit/page.js";
import { chart } from "./chart.js";

const TOO_MANY = 3000; // points on a line, after which the thinned chart is asked for again
/** @type {Record<string, Chart>} */
const charts = {};
for (const div of /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll(".plot"))) {
  const name = div.dataset.chart ?? "";
  div.setAttribute("aria-label", say("train_tab.chart_" + name));
  charts[name] = chart(div);
}
const words = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-word]"));
for (const word of words) put(word, say("train_tab." + word.dataset.word));

const show = painter($(".nodes"));
/** @type {object | null} */
let seen = null;
let drawn = "";

/** @param {Live} answer */
async function draw(answer) {
  $(".charts").hidden = !answer.run;
  if (!answer.run) {
    drawn = "";
    seen = null;
    return;
  }
  if (answer.charts) $("section.compares").hidden = !answer.charts.margin; // only where answers are compared
  for (const word of words) if (answer.words?.[word.dataset.word ?? ""]) put(word, answer.words[word.dataset.word ?? ""]);
  for (const [name, figure] of Object.entries(answer.charts || {})) await charts[name].show(figure);
  for (const [name, one] of Object.entries(charts)) {
    const more = answer.growth?.[name];
    await (more ? one.grow(more) : one.settle());
  }
  drawn = answer.run;
  seen = charts.loss.points() > TOO_MANY ? null : answer.seen ?? null;
}

const ask = repeated(2000, async () => {
  if (element.offsetParent === null) return;
  const run = props.run || "";
  const answer = await request("live_run", { run, drawn, seen });
  if (!answer || "error" in answer || run !== (props.run || "")) return;
  show(answer.nodes);
  if (answer.state !== props.state) trigger("changed"); // the buttons around this panel show an older state
  await draw(answer);
  return answer.rest;
});
watch("run", ask);
new IntersectionObserver(([seen]) => { if (seen.isIntersecting) ask(); }).observe(element); // it comes into view
