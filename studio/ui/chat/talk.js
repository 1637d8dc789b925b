// Both conversations side by side: what is there stays, and answers on their way only get longer.
import { $, make, put, say } from "../kit/page.js";

const LANES = ["base", "tuned"];
const NEAR = 40; // pixels from the end within which it is followed
for (const lane of LANES) $(".lane-names").append(make("span", "", say(`chat_tab.${lane}`)));
put($(".talk-empty"), say("chat_tab.talk_empty"));
const box = $(".talk-box"), rounds = $(".rounds");

/** A question and a place for each answer. The answers are single texts that can grow.
 * @param {string} question
 */
function round(question) {
  const made = make("div", "round");
  made.append(make("p", "said", question));
  for (const lane of LANES) {
    const reply = make("p", `reply ${lane}`);
    reply.dataset.lane = say(`chat_tab.${lane}`);
    reply.append(document.createTextNode(""));
    made.append(reply);
  }
  return made;
}

/** Makes a text longer where the new one goes on from the old.
 * @param {Text} node
 * @param {string} text
 */
function grow(node, text) {
  if (text.startsWith(node.data)) node.appendData(text.slice(node.data.length));
  else node.data = text;
}

/** What was asked in a round, as it stands on the page.
 * @param {Element | undefined} shown
 */
const asked = (shown) => shown?.querySelector(".said")?.textContent;

function show() {
  /** @type {[question: string, base: string, tuned: string][]} */
  const turns = props.value || [];
  const followed = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  turns.forEach(([question, ...answers], at) => {
    if (asked(rounds.children[at]) !== question) {
      while (rounds.children.length > at) rounds.lastElementChild?.remove();
      rounds.append(round(question));
    }
    rounds.children[at].querySelectorAll(".reply").forEach((reply, lane) => {
      grow(/** @type {Text} */ (reply.firstChild), answers[lane]);
    });
  });
  while (rounds.children.length > turns.length) rounds.lastElementChild?.remove();
  $(".talk-empty").hidden = turns.length > 0;
  if (followed) box.scrollTop = box.scrollHeight;
}
watch("value", show);
show();
