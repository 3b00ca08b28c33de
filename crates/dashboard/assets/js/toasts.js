// Messages in the corner: from the page, from fragments, from other islands. They go by themselves unless they are
// looked at, and those that say something went wrong stay.
const STAY_MS = 7000;

class KaleToasts extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector("ul");
    this.watcher = new MutationObserver((records) => {
      for (const record of records) for (const node of record.addedNodes) this.arm(node);
    });
    this.watcher.observe(this.list, { childList: true });
    for (const item of this.list.children) this.arm(item);
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-toast-close]")) event.target.closest("li").remove();
    });
    this.onToast = (event) => this.add(event.detail);
    document.addEventListener("kale:toast", this.onToast);
  }

  disconnectedCallback() {
    this.watcher.disconnect();
    document.removeEventListener("kale:toast", this.onToast);
  }

  arm(item) {
    if (!(item instanceof HTMLLIElement) || item.classList.contains("stem")) return;
    const leave = () => {
      if (item.matches(":hover, :focus-within")) setTimeout(leave, 1000);
      else item.remove();
    };
    setTimeout(leave, STAY_MS);
  }

  add({ text, tone }) {
    const item = document.createElement("li");
    item.className = `toast ${tone}`;
    const words = document.createElement("span");
    words.textContent = text;
    const close = document.createElement("button");
    close.type = "button";
    close.className = "iconbtn";
    close.dataset.toastClose = "";
    close.setAttribute("aria-label", "Dismiss");
    close.textContent = "×";
    item.append(words, close);
    this.list.append(item);
  }
}

customElements.define("kale-toasts", KaleToasts);
