// Below the conversation: which of the two last answers is better, or what should have been said. Its value is the last
// round, or null while there is none; every vote is on the disk before "noted" is said.
import { $, answered, button, put, reason, request, say, tell } from "../kit/page.js";

/** @type {[better: string, key: string][]} */
const VOTES = [["against", "judging.base_better"], ["same", "judging.same"], ["run", "judging.tuned_better"]];
const box = $(".rate-better textarea"), form = /** @type {HTMLFormElement} */ ($(".rate-better"));
const votes = VOTES.map(([better, key]) => button("choice", "", say(key), () => vote(better)));
const correct = button("quiet", "", say("judging.correct"), () => open(true));
$(".rate-votes").append(...votes, correct);
put($(".rate-acts .strong"), say("judging.keep_correction"));
put($(".rate-acts .quiet"), say("judging.cancel"));
box.setAttribute("aria-label", say("judging.correct_label"));
$(".rate-acts .quiet").addEventListener("click", () => open(false));

/** The round that the buttons are about. @returns {Round | null} */
const now = () => props.value || null;
/** @param {boolean} there */
function open(there) {
  form.hidden = !there;
  if (!there) return;
  box.value = now()?.tuned ?? "";
  box.focus();
}

/**
 * One request, of the round that is shown now, whatever comes meanwhile.
 * @param {"rate_answer" | "correct_answer"} name
 * @param {string} said
 * @param {() => void} done
 */
async function send(name, said, done) {
  const round = now();
  if (!round) return;
  tell(say("ui.saving"));
  try {
    const { words } = answered(await request(name, { ...round, said }));
    if (round !== now()) return;
    done();
    tell(words, "good");
    trigger("judged");
  } catch (error) {
    tell(reason(error), "bad");
  }
}
/** @param {string} better */
function vote(better) {
  send("rate_answer", better, () => press(better));
}
/** @param {string} chosen */
function press(chosen) {
  votes.forEach((one, at) => { one.setAttribute("aria-pressed", String(VOTES[at][0] === chosen)); });
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send("correct_answer", box.value, () => open(false));
});

function show() {
  const there = now() !== null;
  put($(".rate-ask"), say(there ? "judging.which" : "judging.which_first"));
  for (const one of [...votes, correct]) one.disabled = !there;
  press("");
  open(false);
  tell("");
}
watch("value", show);
show();
