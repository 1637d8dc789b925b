// Runs before everything else: sets the language that Gradio will find, and gives scripts their words.
(function () {
  const found = document.cookie.match(/(?:^|; )lang=(zh|en)/);
  const lang = found ? found[1] : /^zh/i.test(navigator.language) ? "zh" : "en";
  const locale = lang === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => locale, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [locale], configurable: true });
  document.documentElement.lang = locale;
  const words = window.xiaozaoWords[lang];
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
  window.xiaozao = {
    lang,
    // The sentence `key` with its {placeholders} filled; a missing key shows itself.
    say(key, details = {}) {
      return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => details[name] ?? whole);
    },
    make,
    button,
    switchTo(next) {
      document.cookie = "lang=" + next + ";path=/;max-age=31536000;SameSite=Lax";
      location.reload();
    },
  };
})();
