// Starts Swagger UI on the page of the API.
const root = document.documentElement;
const night = matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI has a class for its dark colours; ours follow the theme by themselves. */
function shade() {
  const { theme } = root.dataset;
  root.classList.toggle("dark-mode", theme === "dark" || (theme !== "light" && night.matches));
}

shade();
night.addEventListener("change", shade);
addEventListener("DOMContentLoaded", () => {
  const place = document.getElementById("swagger");
  window.SwaggerUIBundle({
    url: place.dataset.spec,
    domNode: place,
    deepLinking: true,
    validatorUrl: null,
    docExpansion: "none",
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: false,
    // Swagger UI writes a word above its list of servers and does not tie the two together.
    onComplete: () => place.querySelector("#servers")?.setAttribute("aria-label", "Server"),
  });
});
