// One figure: the value is {figure, config, title} or null.
import { $ } from "./page.js";
import { dressed, inked, loaded } from "./plots.js";

async function render() {
  /** @type {{ figure: Figure, config: object, title: string } | null} */
  const value = props.value;
  const target = $("div.plot"), plotly = await loaded();
  $(".plot-title").textContent = value ? value.title : "";
  if (!value) return plotly.purge(target);
  target.setAttribute("aria-label", value.title);
  await plotly.react(target, inked(value.figure.data), dressed(value.figure.layout), value.config);
}
watch("value", render);
render();
