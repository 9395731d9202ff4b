// Runs before the first paint. The server writes data-bs-theme for people who chose a theme; who follows the system
// gets it here. Pages that know nobody (sign-in, errors) take the theme last seen on this device.
(function () {
  "use strict";
  var root = document.documentElement;
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  var wish = root.dataset.theme || "last";
  try {
    if (wish === "last") wish = localStorage.getItem("theme") || "auto";
    else localStorage.setItem("theme", wish);
  } catch (refused) {
    if (wish === "last") wish = "auto"; // storage is switched off
  }
  function follow() {
    root.setAttribute("data-bs-theme", system.matches ? "dark" : "light");
  }
  if (wish !== "auto") {
    root.setAttribute("data-bs-theme", wish === "dark" ? "dark" : "light");
    return;
  }
  follow();
  system.addEventListener("change", follow);
})();
