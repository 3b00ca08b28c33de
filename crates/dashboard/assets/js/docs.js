// Starts Swagger UI on the page of the API.
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
