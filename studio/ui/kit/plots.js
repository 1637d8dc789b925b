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

const INK = new Map([["#b04f26", "--chart-ember"], ["#3b7a6a", "--chart-tea"], ["#7a4b8c", "--chart-plum"], ["#8d8274", "--chart-grey"], ["#eef3f0", "--chart-none"]]);

/** What a figure draws, in the page's shades of its colours: on dark paper, the paper's ink would hardly be seen.
 * @template T
 * @param {T} part
 * @returns {T}
 */
export function inked(part) {
  const style = getComputedStyle(element);
  return JSON.parse(JSON.stringify(part), (_, value) => INK.has(value) ? style.getPropertyValue(INK.get(value) || "").trim() : value);
}

export async function loaded() {
  while (typeof Plotly === "undefined") await new Promise((go) => setTimeout(go, 50));
  return Plotly;
}
