// Runs before the first paint: the theme chosen on this device goes before the one the server knows.
(() => {
  let theme = null;
  try {
    theme = localStorage.getItem("kale-theme");
  } catch {
    // Storage may be forbidden; the server's theme stays.
  }
  if (theme) document.documentElement.dataset.theme = theme;
})();
