// Runs before everything else: sets the language that Gradio will find, and makes `window.xiaozao`, the one name that the
// page's scripts share. It is called with WORDS, both languages' sentences, and MODULES, what the scripts import.
import { calmFrames } from "./frames.js";
import { say } from "./page.js";

calmFrames();

const found = document.cookie.match(/(?:^|; )lang=(zh|en)/);
/** @type {Lang} */
const lang = (found ? found[1] === "zh" : /^zh/i.test(navigator.language)) ? "zh" : "en";
const locale = lang === "zh" ? "zh-CN" : "en";
Object.defineProperty(navigator, "language", { get: () => locale, configurable: true });
Object.defineProperty(navigator, "languages", { get: () => [locale], configurable: true });
document.documentElement.lang = locale;

const CHOSEN = "#steps > .tab-wrapper [role=tab][aria-selected=true]";
window.xiaozao = {
  lang,
  words: WORDS[lang],
  modules: MODULES,
  picked: null,
  tab: () => /** @type {HTMLElement | null} */ (document.querySelector(CHOSEN))?.dataset.tabId ?? "",
  lastTab: () => sessionStorage.getItem("xiaozao.tab"),
  switchTo(next) {
    // biome-ignore lint/suspicious/noDocumentCookie: the other way to set one is not in every browser
    document.cookie = `lang=${next};path=/;max-age=31536000;SameSite=Lax`;
    location.reload();
  },
};
addEventListener("pagehide", () => {
  const tab = window.xiaozao.tab();
  if (tab) sessionStorage.setItem("xiaozao.tab", tab);
});

// What went wrong before is over as soon as somebody does something else.
addEventListener("click", (event) => {
  if (!(event.target instanceof Element) || !event.target.closest("button") || event.target.closest(".toast-body")) return;
  for (const close of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".toast-body.error .toast-close"))) close.click();
}, true);

// Gradio says a few things in English only; these say them in the page's language and in the shop's words.
/** @type {[pattern: RegExp, key: string][]} */
const ENGLISH = [
  [/maximum allowed size/, "ui.too_large"],
  [/^Invalid file type/, "ui.wrong_kind"],
  [/^Connection to the server was lost/, "ui.reconnecting"],
  [/Connection errored out|Could not parse server response|Failed to fetch/, "ui.reconnecting"],
  [/^Queue is full/, "ui.busy"],
];
/** @type {Record<string, string>} */
const TITLES = { Error: "ui.error_title", Warning: "ui.warning_title", Info: "ui.info_title", Success: "ui.info_title" };
const SPOKEN = ".toast-title, [data-testid=toast-text]";
/** @param {Element} node */
function translate(node) {
  const text = node.textContent.trim();
  const known = node.matches(".toast-title") ? TITLES[text] : ENGLISH.find(([pattern]) => pattern.test(text))?.[1];
  if (known) node.textContent = say(known);
}
new MutationObserver((changes) => {
  for (const change of changes) {
    for (const added of change.addedNodes) {
      if (added instanceof Element) added.querySelectorAll(SPOKEN).forEach(translate);
    }
  }
}).observe(document.documentElement, { childList: true, subtree: true });
