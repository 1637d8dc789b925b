// Asks once a second how the shown run stands: text is replaced, charts only grow, so that a zoom stays.
const CONFIG = { displayModeBar: false, plotlyServerURL: "", responsive: true };
const TOO_MANY = 3000; // points on a line, after which the thinned chart is asked for again
const area = element.querySelector(".charts");
const plots = Object.fromEntries([...element.querySelectorAll(".plot")].map((div) => [div.dataset.chart, div]));
element.querySelectorAll("[data-word]").forEach((word) => { word.textContent = window.xiaozao.say("train_tab." + word.dataset.word); });
for (const [name, div] of Object.entries(plots)) div.setAttribute("aria-label", window.xiaozao.say("train_tab.chart_" + name));
element.querySelector("details").addEventListener("toggle", () => window.Plotly.Plots.resize(plots.speed));

let seen = null, drawn = "", text = "", busy = false;

function showNodes(list) {
  const json = JSON.stringify(list);
  if (json === text) return;
  text = json;
  root.replaceChildren(...list.map(make));
}

async function draw(answer) {
  area.hidden = !answer.run;
  if (!answer.run) { drawn = ""; seen = null; return; }
  const plotly = await loaded();
  for (const [name, figure] of Object.entries(answer.charts || {})) {
    await plotly.react(plots[name], figure.data, dressed(figure.layout), CONFIG);
  }
  for (const [name, more] of Object.entries(answer.growth || {})) {
    await plotly.extendTraces(plots[name], { x: more.x, y: more.y }, more.lines, { x: more.keep, y: more.keep });
  }
  drawn = answer.run;
  seen = plots.loss.data[0].x.length > TOO_MANY ? null : answer.seen;
}

async function ask() {
  if (busy || document.hidden || element.offsetParent === null) return;
  busy = true;
  try {
    const run = props.run || "";
    const answer = await server.live_run({ run, drawn, seen });
    if (!answer || answer.error || run !== (props.run || "")) return;
    showNodes(answer.nodes);
    if (answer.state !== props.state) trigger("changed"); // the buttons around this panel show an older state
    await draw(answer);
  } finally {
    busy = false;
  }
}
watch("run", ask);
ask();
const clock = setInterval(() => (element.isConnected ? ask() : clearInterval(clock)), 1000);
