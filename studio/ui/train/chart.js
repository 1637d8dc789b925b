// One chart of a run under way: its points come in at once, and it is drawn when they would be seen.
import { dressed, inked, loaded } from "../kit/plots.js";

const CONFIG = { displayModeBar: false, plotlyServerURL: "", responsive: true };
const WIDE = 2; // pixels, as a line is: one that is longer by less looks the same
const NEAR = "200px"; // beyond the edge of what is seen, so that it is there when somebody scrolls

/**
 * @param {HTMLElement} div
 * @returns {Chart}
 */
export function chart(div) {
  /** @type {Figure | null} */
  let figure = null;
  let near = false, fresh = false, owed = false, wide = 0;
  /** @type {number[]} where each line ended when it was drawn last, and how wide the whole was then */
  let ends = [];
  let drawnWide = 0;

  /** @returns {number[]} */
  const reached = () => (figure?.data ?? []).map((line) => line.x.at(-1) ?? Number.NEGATIVE_INFINITY);
  function visible() {
    const { range } = /** @type {{ range?: [number, number] }} */ (figure?.layout.xaxis ?? {});
    const pixel = range && wide ? (range[1] - range[0]) / wide : 0;
    return reached().some((end, line) => end > ends[line] && end - ends[line] >= WIDE * pixel);
  }

  async function draw() {
    const plotly = await loaded();
    if (!figure || !near || !owed) return;
    owed = false;
    ends = reached();
    drawnWide = wide;
    if (!fresh) return plotly.redraw(div);
    fresh = false;
    await plotly.react(div, figure.data, figure.layout, CONFIG);
  }

  new IntersectionObserver(async (entries) => {
    const last = entries[entries.length - 1];
    near = last.isIntersecting;
    if (!near) return;
    wide = last.boundingClientRect.width;
    const resized = drawnWide && drawnWide !== wide; // while it was out of sight Plotly left it as it was
    await draw();
    if (resized) (await loaded()).Plots.resize(div);
  }, { rootMargin: NEAR }).observe(div);

  return {
    show(given) {
      figure = { data: inked(given.data), layout: dressed(given.layout) };
      fresh = owed = true;
      return draw();
    },
    grow({ x, y, lines, keep }) {
      lines.forEach((line, at) => {
        const drawn = figure?.data[line];
        if (!drawn) return;
        for (const [points, more] of [[drawn.x, x[at]], [drawn.y, y[at]]]) {
          points.push(...more);
          if (keep[at]) points.splice(0, points.length - keep[at]);
        }
      });
      owed = true;
      return visible() ? draw() : undefined;
    },
    settle: draw,
    points: () => figure?.data[0].x.length ?? 0,
  };
}
