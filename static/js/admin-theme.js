// Runs before the first paint: the account's appearance for Django's own pages, which read data-theme.
(function () {
  "use strict";
  var root = document.documentElement;
  var wish = document.currentScript.dataset.wish;
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  function paint() {
    var theme = wish === "auto" ? (system.matches ? "dark" : "light") : wish;
    root.dataset.theme = theme;
    root.dataset.bsTheme = theme;
  }
  paint();
  system.addEventListener("change", paint);
})();
