// The editor of a workflow. Everything it does is a form or a link of the page: keys and dragging press them, and what
// is typed but not saved outlives the swap of what stands around it.

const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };
const WRITES = "input:not([type=checkbox], [type=radio]), textarea, select";

class KaleBuilder extends HTMLElement {
  /** What was typed, by the form's id. */
  typed = new Map();

  connectedCallback() {
    if (this.ready) return;
    this.ready = true;
    this.addEventListener("keydown", (event) => this.key(event));
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("input", (event) => this.changed(event));
    this.addEventListener("submit", (event) => this.sent(event), true);
    this.addEventListener("pointerdown", (event) => this.held(event));
    for (const name of ["dragstart", "dragover", "dragleave", "drop", "dragend"]) {
      this.addEventListener(name, (event) => this[name](event));
    }
    document.addEventListener("htmx:after:swap", () => this.swapped());
    this.centre();
    addEventListener("beforeunload", (event) => this.typed.size > 0 && event.preventDefault());
  }

  /** A wide tree begins at what is chosen, else at its first card. */
  centre() {
    const canvas = this.querySelector("#canvas");
    const card = canvas?.querySelector(".card.on") ?? canvas?.querySelector("[data-card]");
    if (!card || canvas.scrollWidth <= canvas.clientWidth) return;
    const [there, here] = [card.getBoundingClientRect(), canvas.getBoundingClientRect()];
    canvas.scrollLeft += there.left + there.width / 2 - here.left - here.width / 2;
  }

  /** Does an edit that has no button of its own just there. */
  press(edit, fields = {}) {
    const form = this.querySelector("#op");
    if (!form) return;
    const button = document.createElement("button");
    Object.assign(button, { name: "do", value: edit, hidden: true });
    const extra = Object.entries(fields).map(([name, value]) => Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    form.append(button, ...extra);
    form.requestSubmit(button);
    for (const part of [button, ...extra]) part.remove();
  }

  key(event) {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "z") {
      if (event.target.closest(WRITES)) return;
      event.preventDefault();
      this.querySelector(event.shiftKey ? "#redo" : "#undo")?.click();
      return;
    }
    if (event.key === "Escape" && event.target.closest("#panel") && !event.target.closest("select")) {
      this.querySelector("#close")?.click();
      return;
    }
    const way = KEYS[event.key];
    const card = event.target.closest("[data-card]")?.dataset.card;
    if (!event.altKey || !way || !card) return;
    event.preventDefault();
    this.press(`${way} ${card}`);
  }

  clicked(event) {
    const at = event.target.closest("a, button, summary");
    if (!at) return;
    // Where the keyboard goes once the answer is there: what was pressed says so, else the form it belongs to.
    this.then = at.dataset.then ?? (at.type === "submit" && !at.hasAttribute("form") ? at.form?.dataset.then : undefined);
    at.closest("[popover]")?.hidePopover();
  }

  changed(event) {
    const form = event.target.closest("form[data-keep]");
    if (!form) return;
    form.dataset.dirty = "";
    this.typed.set(form.id, new FormData(form));
  }

  sent(event) {
    this.typed.delete(event.target.id);
  }

  swapped() {
    for (const [id, values] of this.typed) {
      // What was typed about a card that is gone is of no use any more.
      if (id.startsWith("form-crd_") && !document.getElementById(id.replace("form", "card"))) this.typed.delete(id);
      this.restore(document.getElementById(id), values);
    }
    const then = this.then && this.querySelector(this.then);
    this.then = undefined;
    if (!then) return;
    const field = then.matches("form") ? then.querySelector(".in, input[type=checkbox]") : then;
    (field ?? then).focus();
  }

  /** Puts back what was typed into a form that was not the one that was sent. */
  restore(form, values) {
    if (!form) return;
    form.dataset.dirty = "";
    for (const part of form.elements) {
      if (!part.name || part.type === "hidden" || part.tagName === "BUTTON") continue;
      if (part.type === "checkbox") part.checked = values.has(part.name);
      else if (values.has(part.name)) part.value = values.get(part.name);
    }
  }

  held(event) {
    const grip = event.target.closest("[data-grip]");
    const card = grip?.closest("[data-card]");
    if (card) card.draggable = true;
  }

  dragstart(event) {
    this.dragged = event.target.closest?.("[data-card][draggable=true]");
    if (!this.dragged) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.dragged.dataset.card);
    this.toggleAttribute("data-dragging", true);
  }

  dragover(event) {
    const spot = this.spot(event);
    if (!spot) return;
    event.preventDefault();
    spot.classList.add("over");
  }

  dragleave(event) {
    event.target.closest?.("[data-spot]")?.classList.remove("over");
  }

  drop(event) {
    const spot = this.spot(event);
    if (!spot) return;
    event.preventDefault();
    this.press(`move ${this.dragged.dataset.card}`, { "to-place": spot.dataset.spot });
  }

  dragend() {
    this.dragged?.removeAttribute("draggable");
    this.dragged = undefined;
    this.removeAttribute("data-dragging");
    for (const spot of this.querySelectorAll(".over")) spot.classList.remove("over");
  }

  /** The place under the pointer that takes the card: none below the card itself. */
  spot(event) {
    const spot = this.dragged && event.target.closest?.("[data-spot]");
    return spot && !this.dragged.closest("li").querySelector(".lanes")?.contains(spot) ? spot : undefined;
  }
}

customElements.define("kale-builder", KaleBuilder);
