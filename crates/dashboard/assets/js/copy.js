// A text with a button that copies it.
class KaleCopy extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("[data-copy]");
    if (!button || !navigator.clipboard || this.listening) return;
    this.listening = true;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const label = this.querySelector("[data-copy-label]");
      try {
        await navigator.clipboard.writeText(this.querySelector("[data-copy-text]").textContent);
        label.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(this.querySelector("[data-copy-text]"));
        label.textContent = "Selected: press Ctrl C";
      }
      setTimeout(() => (label.textContent = "Copy"), 2500);
    });
  }
}

customElements.define("kale-copy", KaleCopy);
