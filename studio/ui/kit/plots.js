// Draws Plotly figures in the colours of the page around them.
function dressed(layout) {
  const style = getComputedStyle(element);
  const grid = style.getPropertyValue("--border-color-primary") || "#8884";
  const axis = (given) => ({ gridcolor: grid, zerolinecolor: grid, linecolor: grid, ...given });
  const result = { ...layout, font: { color: style.color, family: style.fontFamily, size: 13 } };
  for (const name of Object.keys(result).filter((key) => /^[xy]axis/.test(key))) result[name] = axis(result[name]);
  result.hoverlabel = { bgcolor: style.getPropertyValue("--background-fill-primary"), bordercolor: grid, font: { color: style.color } };
  return result;
}

async function loaded() {
  while (!window.Plotly) await new Promise((go) => setTimeout(go, 50));
  return window.Plotly;
}
