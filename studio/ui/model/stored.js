// What downloaded models take on the disk, asked for when it is opened; one goes after a second click, half of one can be
// gone on with.
import { $, answered, button, make, put, reason, request, say, tell } from "../kit/page.js";

/**
 * @param {(model: string) => unknown} goOn with a download
 * @param {(model: string) => unknown} gone what is to be done once a model is no more
 */
export function storedModels(goOn, gone) {
  const fold = /** @type {HTMLDetailsElement} */ ($(".stored")), list = $(".stored ul");
  let sure = ""; // the model whose button was clicked once
  put($(".stored summary"), say("stored.title"));

  /** @param {StoredModels} found */
  function show(found) {
    put($(".stored .total"), found.total);
    list.replaceChildren(...found.models.map(line));
  }
  /** @param {StoredModels["models"][number]} one */
  function line(one) {
    const made = make("li"), words = make("div", "words"), acts = make("div", "acts");
    words.append(make("strong", "", one.model), make("small", "", [one.size, one.words].filter(Boolean).join(" · ")));
    const remove = button("quiet remove", "", say(one.whole ? "stored.delete" : "stored.throw"), () => press(one.model, remove));
    remove.setAttribute("aria-label", `${remove.textContent} ${one.model}`);
    if (!one.whole) acts.append(button("quiet go-on", "", say("gallery.go_on"), () => goOn(one.model)));
    acts.append(remove);
    made.append(words, acts);
    return made;
  }
  /** @param {string} model @param {HTMLButtonElement} remove */
  async function press(model, remove) {
    if (sure !== model) {
      await look();
      sure = model;
      const again = [...list.querySelectorAll(".remove")].find((one) => one.getAttribute("aria-label")?.endsWith(` ${model}`));
      if (again instanceof HTMLButtonElement) asked(again, model);
      return;
    }
    sure = "";
    remove.disabled = true;
    try {
      const done = answered(await request("delete_model", { model }));
      show(done);
      await gone(model);
      tell(done.words, "good");
    } catch (error) {
      await look();
      tell(reason(error), "bad");
    }
  }
  /** @param {HTMLButtonElement} remove @param {string} model */
  function asked(remove, model) {
    put(/** @type {Node} */ (remove.lastElementChild), say("stored.sure"));
    remove.classList.add("bad");
    remove.setAttribute("aria-label", `${say("stored.sure")} ${model}`);
    remove.focus();
  }
  async function look() {
    sure = "";
    if (!fold.open) return;
    try {
      show(answered(await request("stored_models", {})));
    } catch (error) {
      tell(reason(error), "bad");
    }
  }
  fold.addEventListener("toggle", look);
  return { look };
}
