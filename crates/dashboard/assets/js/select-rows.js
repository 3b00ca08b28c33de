// The selection of a list: this page, all that match, what it sums up to; and the keys j, k, x and Enter.
import { remember, remembered } from "./page.js";

const KEYS_OFF = "kale-keys-off";
const keysToggle = document.querySelector("[data-keys-toggle]");
if (keysToggle) {
  keysToggle.checked = !remembered(KEYS_OFF);
  keysToggle.addEventListener("change", () => remember(KEYS_OFF, keysToggle.checked ? "" : "yes"));
}

class KaleSelectRows extends HTMLElement {
  connectedCallback() {
    if (!this.listening) {
      this.listening = true;
      this.addEventListener("change", (event) => this.changed(event));
      this.addEventListener("click", (event) => this.clicked(event));
    }
    this.onKey = (event) => this.key(event);
    this.onSwap = () => this.sync();
    document.addEventListener("keydown", this.onKey);
    document.addEventListener("htmx:after:swap", this.onSwap);
    this.sync();
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this.onKey);
    document.removeEventListener("htmx:after:swap", this.onSwap);
  }

  get boxes() {
    return [...this.querySelectorAll("tbody input[name=id]")];
  }

  get rows() {
    return [...this.querySelectorAll("[data-row]")];
  }

  changed(event) {
    if (event.target.matches("[data-all]")) for (const box of this.boxes) box.checked = event.target.checked;
    this.everything(false);
    this.sync();
  }

  clicked(event) {
    if (event.target.closest("[data-select-all]")) {
      this.everything(true);
      this.sync();
    }
    if (event.target.closest("[data-clear]")) {
      for (const box of this.boxes) box.checked = false;
      this.everything(false);
      this.sync();
    }
  }

  /** Whether the selection is the filter instead of ids. */
  everything(on) {
    const scope = this.querySelector("[data-scope]");
    if (scope) scope.value = on ? "filter" : "ids";
  }

  sync() {
    const all = this.querySelector("[data-all]");
    const on = this.boxes.filter((box) => box.checked);
    if (all) {
      all.checked = on.length > 0 && on.length === this.boxes.length;
      all.indeterminate = on.length > 0 && on.length < this.boxes.length;
    }
    const bar = this.querySelector("[data-bulk]");
    if (!bar) return;
    const filter = this.querySelector("[data-scope]")?.value === "filter";
    const whole = Number(this.dataset.matching || 0);
    bar.querySelector("[data-count]").textContent = filter
      ? `All ${whole ? whole.toLocaleString("en-GB") : ""} that match`
      : `${on.length.toLocaleString("en-GB")} selected${this.sum(on)}`;
    bar.querySelector("[data-select-all]").hidden = filter || !all?.checked || (whole > 0 && whole <= on.length);
    bar.querySelector("[data-clear]").hidden = false;
  }

  /** The monthly revenue of the rows, where every one of them has one. */
  sum(boxes) {
    const known = boxes.filter((box) => box.dataset.mrr !== "");
    if (known.length === 0 || known.length < boxes.length) return "";
    const minor = known.reduce((sum, box) => sum + Number(box.dataset.mrr), 0);
    const exponent = Number(this.dataset.exponent);
    const major = minor / 10 ** exponent;
    const digits = Number.isInteger(major) ? 0 : exponent;
    const format = new Intl.NumberFormat("en-GB", {
      style: "currency",
      currency: this.dataset.currency,
      currencyDisplay: "narrowSymbol",
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    return `, ${format.format(major)} MRR`;
  }

  key(event) {
    if (remembered(KEYS_OFF) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [popover], dialog, #peek")) return;
    const rows = this.rows;
    const at = rows.findIndex((row) => row.classList.contains("cur"));
    if (event.key === "j" || event.key === "k") {
      const next = rows[Math.min(Math.max(at + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
      rows[at]?.classList.remove("cur");
      next?.classList.add("cur");
      next?.querySelector("[data-peek]").focus({ preventScroll: true });
      next?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "x" && rows[at]) {
      rows[at].querySelector("input[name=id]").click();
    } else if (event.key === "Enter" && rows[at] && event.target === document.body) {
      rows[at].querySelector("[data-peek]").click();
    } else {
      return;
    }
    event.preventDefault();
  }
}

customElements.define("kale-select-rows", KaleSelectRows);
