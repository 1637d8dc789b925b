// Another model asked to judge, where the server has one: what it costs and what it is told, then a few calls at a time
// until all is judged, something goes wrong, or somebody stops it. What it said is kept at once.
import { $, answered, put, reason, request, say } from "../kit/page.js";

/**
 * @param {() => Judge} asked
 * @param {() => unknown} edited what else is told of what was said
 */
export function modelJudge(asked, edited) {
  let round = 0, running = false;
  const start = $("button.model-start"), stop = $("button.model-stop"), way = $(".way-model");
  /** @param {string} key */
  const j = (key) => say("judging." + key);
  put($(".model-help"), j("model_help"));
  put($(".model-prompt summary"), j("prompt_said"));
  put(start, j("model_start"));
  put(stop, j("model_stop"));
  /** @param {string} text @param {string} [kind] */
  function told(text, kind = "") {
    put($(".model-state"), text);
    $(".model-state").className = `state model-state ${kind}`;
  }
  /** @param {boolean} now @param {number} [calls] how many are left */
  function paint(now, calls = 0) {
    running = now;
    start.hidden = now;
    stop.hidden = !now;
    start.disabled = !now && calls === 0;
  }
  /** Tells the cost, after every question has its answers where `ready` asks for that.
   * @param {boolean} ready
   */
  async function cost(ready) {
    const mine = round;
    try {
      for (;;) {
        if (ready) told(j("waiting"));
        const found = answered(await request("model_cost", { ...asked(), ready }));
        if (mine !== round) return;
        way.hidden = !found.there;
        if (!found.there) return;
        put($(".model-cost"), found.words ?? "");
        put($(".model-prompt p"), found.prompt ?? "");
        paint(false, found.calls);
        if (!found.more) break;
      }
      if (ready) told("");
    } catch (error) {
      if (mine === round) told(reason(error), "bad");
    }
  }
  async function run() {
    const mine = round;
    let left = Number.POSITIVE_INFINITY;
    paint(true);
    try {
      while (running && mine === round) {
        told(j("model_running"));
        const found = answered(await request("model_ask", asked()));
        if (mine !== round) return;
        put($(".model-cost"), found.words);
        edited();
        const calls = found.calls ?? 0;
        if (!running || calls === 0 || calls >= left) {
          paint(false, calls);
          return told(calls ? "" : j("model_done"), calls ? "" : "good");
        }
        left = calls;
      }
    } catch (error) {
      if (mine !== round) return;
      paint(false, 1);
      told(reason(error), "bad");
    }
  }
  start.addEventListener("click", run);
  stop.addEventListener("click", () => {
    running = false;
    told(j("model_stopping"));
  });
  return {
    cost,
    /** Begins anew for another run or another rival. */
    anew() {
      round += 1;
      paint(false, 0);
      told("");
      way.hidden = true;
    },
  };
}
