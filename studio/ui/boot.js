// Runs before everything else: sets the language that Gradio will find, and gives scripts their words.
(function () {
  const found = document.cookie.match(/(?:^|; )lang=(zh|en)/);
  const lang = found ? found[1] : /^zh/i.test(navigator.language) ? "zh" : "en";
  const locale = lang === "zh" ? "zh-CN" : "en";
  Object.defineProperty(navigator, "language", { get: () => locale, configurable: true });
  Object.defineProperty(navigator, "languages", { get: () => [locale], configurable: true });
  document.documentElement.lang = locale;
  const words = window.xiaozaoWords[lang];
  window.xiaozao = {
    lang,
    // The sentence `key` with its {placeholders} filled; a missing key shows itself.
    say(key, details = {}) {
      return (words[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) => details[name] ?? whole);
    },
    switchTo(next) {
      document.cookie = "lang=" + next + ";path=/;max-age=31536000;SameSite=Lax";
      location.reload();
    },
  };
})();
