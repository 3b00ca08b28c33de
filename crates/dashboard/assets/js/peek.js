// The drawer beside a list: focus goes in with the answer, Escape closes it and gives the focus back.
class KalePeek extends HTMLElement {
  connectedCallback() {
    this.drawer = this.querySelector("#peek");
    this.onClick = (event) => {
      const link = event.target.closest("[data-peek]");
      if (link) this.opener = link.closest("tr")?.id ?? "";
      if (event.target.closest("[data-peek-close]")) this.close();
    };
    this.onKey = (event) => {
      const floating = document.querySelector(":popover-open, dialog[open]");
      if (event.key === "Escape" && !floating && this.drawer.firstChild) this.close();
    };
    document.addEventListener("click", this.onClick);
    document.addEventListener("keydown", this.onKey);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.onClick);
    document.removeEventListener("keydown", this.onKey);
  }

  close() {
    this.drawer.replaceChildren();
    // By id: the list may have been swapped meanwhile.
    document.getElementById(this.opener)?.querySelector("[data-peek]")?.focus();
  }
}

customElements.define("kale-peek", KalePeek);
