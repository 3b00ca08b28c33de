// Ctrl K goes to the search in the top bar; it is a plain form to the list of customers.
class KaleJump extends HTMLElement {
  connectedCallback() {
    this.onKey = (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      const input = this.querySelector("input");
      input.focus();
      input.select();
    };
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
  }
}

customElements.define("kale-jump", KaleJump);
