// One figure: the value is {figure, config}.
const target = element.querySelector(".plot");
async function render() {
  const value = props.value;
  const plotly = await loaded();
  if (!value) return plotly.purge(target);
  await plotly.react(target, value.figure.data, dressed(value.figure.layout), value.config);
}
watch("value", render);
render();
