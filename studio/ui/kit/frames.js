// Keeps the page from drawing for nothing: what asks for frame after frame without an end gets one a second.
// Gradio's loading sign counts its seconds at every frame for as long as the page is open, long after it is gone.

const LONG = 4000; // milliseconds; no movement of this page takes so long
const SELDOM = 1000; // milliseconds

/** From now on, where each frame asks for the next one. */
export function calmFrames() {
  const ask = requestAnimationFrame.bind(globalThis), forget = cancelAnimationFrame.bind(globalThis);
  /** @type {Map<number, () => void>} what takes back a frame that is put off, by the number that who asked was given */
  const later = new Map();
  let began = 0, given = 0;
  /** @param {FrameRequestCallback} draw @param {number} since when the first of the frames was asked for */
  const framed = (draw, since) => ask((now) => {
    began = since;
    try {
      draw(now);
    } finally {
      began = 0;
    }
  });
  globalThis.requestAnimationFrame = (draw) => {
    const since = began || performance.now();
    if (performance.now() - since < LONG) return framed(draw, since);
    given -= 1; // a browser's own numbers are above nothing
    const number = given;
    const timer = setTimeout(() => {
      const frame = framed((now) => {
        later.delete(number);
        draw(now);
      }, since);
      later.set(number, () => forget(frame));
    }, SELDOM);
    later.set(number, () => clearTimeout(timer));
    return number;
  };
  globalThis.cancelAnimationFrame = (number) => {
    later.get(number)?.();
    later.delete(number);
    if (number > 0) forget(number);
  };
}
