// Plotly, once its own script is there, and its figures in the colours of the page around them.

/** A figure's layout, dressed.
 * @param {Figure["layout"]} layout
 */
export function dressed(layout) {
  const style = getComputedStyle(element);
  const grid = style.getPropertyValue("--border-color-primary") || "#8884";
  /** @param {object} given */
  const axis = (given) => ({ gridcolor: grid, zerolinecolor: grid, linecolor: grid, ...given });
  /** @type {Record<string, object>} */
  const result = { ...layout, font: { color: style.color, family: style.fontFamily, size: 13 } };
  for (const name of Object.keys(result).filter((key) => /^[xy]axis/.test(key))) result[name] = axis(result[name]);
  result.hoverlabel = { bgcolor: style.getPropertyValue("--background-fill-primary"), bordercolor: grid, font: { color: style.color } };
  return result;
}

export async function loaded() {
  while (typeof Plotly === "undefined") await new Promise((go) => setTimeout(go, 50));
  return Plotly;
}
