// Runs before everything else: sets the language that Gradio will find, and gives scripts their words. `window.xiaozao` is
// the one name that the page's scripts share; WORDS, both languages' sentences, stands in front of this file.
(function () {
  const found = document.cookie.match(/(?:^|; )lang=(zh|en)/);
  const lang = found ? found[1] : /^zh/i.test(navigator.language) ? "zh" : "en";
  const locale = lang === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => locale, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [locale], configurable: true });
  document.documentElement.lang = locale;
  const words = WORDS[lang];
  // An element with a class and a text.
  function make(tag, cls = "", text = "") {
    const made = document.createElement(tag);
    if (cls) made.className = cls;
    if (text !== "") made.textContent = text;
    return made;
  }
  // A button with a drawing (may be "") and a text (may be "").
  function button(cls, drawing, text) {
    const made = make("button", cls);
    made.type = "button";
    if (drawing) made.append(make("span", "icon icon-" + drawing));
    if (text) made.append(make("span", "", text));
    return made;
  }
  // The sentence `key` with its {placeholders} filled; a missing key shows itself.
  function say(key, details = {}) {
    return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => details[name] ?? whole);
  }
  // Hands text or bytes to the browser as a file.
  function save(name, content, type = "") {
    const link = make("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }
  const bytes = (base64) => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  window.xiaozao = { // and `picked`: rows that the check-up hands to the table, which takes them away
    lang,
    say,
    make,
    button,
    save,
    bytes,
    lastTab: () => sessionStorage.getItem("xiaozao.tab"),
    switchTo(next) {
      document.cookie = "lang=" + next + ";path=/;max-age=31536000;SameSite=Lax";
      location.reload();
    },
  };
  window.addEventListener("pagehide", () => {
    const tab = document.querySelector("#steps > .tab-wrapper [role=tab][aria-selected=true]");
    if (tab) sessionStorage.setItem("xiaozao.tab", tab.dataset.tabId);
  });
  // Gradio says a few things in English only; these say them in the page's language and in the shop's words.
  const ENGLISH = [
    [/maximum allowed size/, "ui.too_large"],
    [/^Invalid file type/, "ui.wrong_kind"],
    [/^Connection to the server was lost/, "ui.reconnecting"],
    [/Connection errored out|Could not parse server response|Failed to fetch/, "ui.reconnecting"],
    [/^Queue is full/, "ui.busy"],
  ];
  const TITLES = { Error: "ui.error_title", Warning: "ui.warning_title", Info: "ui.info_title", Success: "ui.info_title" };
  function translate(node) {
    const text = node.textContent.trim();
    const known = node.matches(".toast-title") ? TITLES[text] : ENGLISH.find(([pattern]) => pattern.test(text))?.[1];
    if (known) node.textContent = say(known);
  }
  const SPOKEN = ".toast-title, [data-testid=toast-text]";
  new MutationObserver((changes) => {
    for (const change of changes) {
      for (const added of change.addedNodes) if (added.nodeType === 1) added.querySelectorAll(SPOKEN).forEach(translate);
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
