// Below the conversation: which of the two last answers is better, whether each is liked, or what should have been said.
// Its value is the last round, or null while there is none; all that is said is on the disk before "noted" is shown.
import { $, answered, button, make, put, reason, request, say, tell } from "../kit/page.js";

/** @type {[better: string, key: string][]} */
const VOTES = [["against", "judging.base_better"], ["same", "judging.same"], ["run", "judging.tuned_better"]];
/** @type {Lane[]} */
const LANES = ["base", "tuned"];
const THUMBS = ["up", "down"];
const box = $(".rate-better textarea"), form = /** @type {HTMLFormElement} */ ($(".rate-better"));
const votes = VOTES.map(([better, key]) => button("choice", "", say(key), () => vote(better)));
const correct = button("quiet", "", say("judging.correct"), () => open(true));
$(".rate-votes").append(...votes, correct);
/** The thumbs of each answer. @type {Map<Lane, HTMLButtonElement[]>} */
const thumbs = new Map(LANES.map((lane) => [lane, THUMBS.map((said) => {
  const made = button("choice thumb", "thumb-" + said, say("judging.thumb_" + said), () => thumb(lane, said));
  made.setAttribute("aria-label", say("chat_tab." + lane) + " " + say("judging.thumb_" + said));
  return made;
})]));
for (const [lane, both] of thumbs) {
  const group = make("div", "rate-thumb");
  group.append(make("span", "", say("chat_tab." + lane)), ...both);
  $(".rate-thumbs").append(group);
}
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
 * @template {"rate_answer" | "thumb_answer" | "correct_answer"} N
 * @param {N} name
 * @param {Omit<Asked<N>, keyof Round>} more
 * @param {() => void} done
 */
async function send(name, more, done) {
  const round = now();
  if (!round) return;
  tell(say("ui.saving"));
  try {
    const { words } = answered(await request(name, /** @type {Asked<N>} */ ({ ...round, ...more })));
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
  send("rate_answer", { said: better }, () => press(better));
}
/** @param {string} chosen */
function press(chosen) {
  votes.forEach((one, at) => { one.setAttribute("aria-pressed", String(VOTES[at][0] === chosen)); });
}
/** What is pressed already is taken back. @param {Lane} lane @param {string} said */
function thumb(lane, said) {
  const before = THUMBS.find((_, at) => thumbs.get(lane)?.[at].getAttribute("aria-pressed") === "true");
  const now = said === before ? "" : said;
  send("thumb_answer", { lane, said: now }, () => point(lane, now));
}
/** @param {Lane} lane @param {string} said */
function point(lane, said) {
  thumbs.get(lane)?.forEach((one, at) => { one.setAttribute("aria-pressed", String(THUMBS[at] === said)); });
}
form.addEventListener("submit", (event) => {
  event.preventDefault();
  send("correct_answer", { said: box.value }, () => open(false));
});

function show() {
  const round = now(), both = LANES.every((lane) => round?.[lane].trim());
  put($(".rate-ask"), say(round ? "judging.which" : "judging.which_first"));
  for (const one of votes) one.disabled = !both;
  correct.disabled = !round;
  press("");
  for (const [lane, buttons] of thumbs) {
    for (const one of buttons) one.disabled = !round?.[lane].trim();
    point(lane, "");
  }
  open(false);
  tell("");
}
watch("value", show);
show();
