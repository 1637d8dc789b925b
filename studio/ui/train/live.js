// Asks once a second how the shown run stands, more seldom once it has ended: text is replaced, charts only grow, so that
// a zoom stays.
import { painter } from "../kit/fragment.js";
import { $, put, repeated, request, say } from "../kit/page.js";
import { dressed, inked, loaded } from "../kit/plots.js";

const CONFIG = { displayModeBar: false, plotlyServerURL: "", responsive: true };
const TOO_MANY = 3000; // points on a line, after which the thinned chart is asked for again
/** @typedef {HTMLElement & { data: { x: unknown[] }[] }} Plot what Plotly makes of an element */
/** @type {Record<string, Plot>} */
const plots = {};
for (const div of /** @type {NodeListOf<Plot>} */ (element.querySelectorAll(".plot"))) plots[div.dataset.chart ?? ""] = div;
for (const [name, div] of Object.entries(plots)) div.setAttribute("aria-label", say("train_tab.chart_" + name));
const words = /** @type {NodeListOf<HTMLElement>} */ (element.querySelectorAll("[data-word]"));
for (const word of words) put(word, say("train_tab." + word.dataset.word));
$("details").addEventListener("toggle", async () => (await loaded()).Plots.resize(plots.speed));

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
  const plotly = await loaded(), margin = plots.margin.closest("section");
  if (margin && answer.charts) margin.hidden = !answer.charts.margin; // only where answers are compared
  for (const word of words) if (answer.words?.[word.dataset.word ?? ""]) put(word, answer.words[word.dataset.word ?? ""]);
  for (const [name, figure] of Object.entries(answer.charts || {})) {
    await plotly.react(plots[name], inked(figure.data), dressed(figure.layout), CONFIG);
  }
  for (const [name, more] of Object.entries(answer.growth || {})) {
    await plotly.extendTraces(plots[name], { x: more.x, y: more.y }, more.lines, { x: more.keep, y: more.keep });
  }
  drawn = answer.run;
  seen = plots.loss.data[0].x.length > TOO_MANY ? null : answer.seen ?? null;
}

const ask = repeated(1000, async () => {
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
