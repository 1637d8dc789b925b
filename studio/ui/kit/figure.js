// One figure: the value is {figure, config, title} or null.
const target = element.querySelector(".plot");
async function render() {
  const value = props.value;
  const plotly = await loaded();
  element.querySelector(".plot-title").textContent = value ? value.title : "";
  if (!value) return plotly.purge(target);
  target.setAttribute("aria-label", value.title);
  await plotly.react(target, value.figure.data, dressed(value.figure.layout), value.config);
}
watch("value", render);
render();
