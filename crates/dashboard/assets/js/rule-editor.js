// A rule as rows of conditions in groups. The JSON in the field `rule` is what is sent; every change of a row is
// written there, and a moment later the server is asked what saving would change.
import { csrf } from "./page.js";

const WAIT_MS = 400;

/** Moves the decimal point without rounding: "29.85" by 2 is 2985. Anything that is no number stays text. */
export function shifted(text, places) {
  const match = /^\s*(-?)(\d*)(?:[.,](\d*))?\s*$/.exec(text);
  if (!match || !(match[2] || match[3])) return text;
  const [, sign, whole, part = ""] = match;
  const padded = part.padEnd(places, "0");
  const digits = `${whole}${padded.slice(0, places)}`.replace(/^0+(?=\d)/, "") || "0";
  const rest = padded.slice(places);
  return Number(`${sign}${digits}${rest ? `.${rest}` : ""}`);
}

class KaleRuleEditor extends HTMLElement {
  connectedCallback() {
    this.root = this.querySelector("[data-root]");
    this.json = this.querySelector("textarea[name=rule]");
    this.locked = this.querySelector("fieldset:disabled") !== null;
    for (const row of this.querySelectorAll("[data-root] [data-condition]")) this.fillSubjects(row);
    if (this.locked) {
      for (const part of this.querySelectorAll("[data-root] :is(select, input, textarea, button)")) part.disabled = true;
      return;
    }
    if (this.listening) return;
    this.listening = true;
    this.addEventListener("input", (event) => this.typed(event));
    this.addEventListener("change", (event) => this.chosen(event));
    this.addEventListener("click", (event) => this.clicked(event));
    // After this event a browser that came back has put in what was typed before.
    addEventListener("pageshow", () => this.restored(), { once: true });
  }

  /** Counts anew where the form came back with other values than the page was made with. */
  restored() {
    if (!this.isConnected) return;
    const rule = this.read(this.root.firstElementChild, "#", new Map());
    const same = JSON.stringify(rule) === JSON.stringify(JSON.parse(this.json.defaultValue));
    const priority = this.querySelector("input[name=priority]");
    if (!same || (priority && priority.value !== priority.defaultValue)) this.changed();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
    this.pending?.abort();
  }

  /** Gives a row the whole list of subjects, keeping its own. */
  fillSubjects(row) {
    const select = row.querySelector("[data-subject]");
    const own = select.selectedOptions[0];
    select.append(this.querySelector("template[data-subjects]").content.cloneNode(true));
    if (!own) return;
    const same = [...select.options].find((option) => option !== own && option.value === own.value);
    if (!same) return;
    own.remove();
    same.selected = true;
    for (const input of row.querySelectorAll("[data-value] input")) this.suggest(input, same);
  }

  suggest(input, subject) {
    if (subject.dataset.list) input.setAttribute("list", subject.dataset.list);
    else input.removeAttribute("list");
  }

  typed(event) {
    if (event.target === this.json) return this.byHand();
    if (event.target.closest("[data-root]") || event.target.name === "priority") this.changed();
  }

  chosen(event) {
    const row = event.target.closest("[data-condition]");
    if (event.target.matches("[data-subject]")) this.fillOperators(row);
    if (event.target.matches("[data-op]")) this.fillValue(row);
    if (event.target.matches("[data-join]")) {
      const least = event.target.value === "at_least";
      const head = event.target.parentElement;
      head.querySelector("[data-least]").hidden = !least;
      head.querySelector("[data-least-word]").hidden = !least;
    }
    if (event.target.closest("[data-root]") || event.target.name === "enabled") this.changed();
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button?.closest("[data-root]")) return;
    if (button.dataset.add) this.add(button);
    else if (button.dataset.move) this.move(button);
    else if ("remove" in button.dataset) this.remove(button);
    else return;
    this.changed();
  }

  add(button) {
    const made = this.querySelector(`template[data-new=${button.dataset.add}]`).content.cloneNode(true).firstElementChild;
    const children = button.closest("[data-group]").querySelector("[data-children]");
    children.append(made);
    if (button.dataset.add === "group") children.lastElementChild.querySelector("[data-children]").append(this.newRow());
    else this.prepare(made);
    made.querySelector("select").focus();
  }

  newRow() {
    const row = this.querySelector("template[data-new=condition]").content.cloneNode(true).firstElementChild;
    this.prepare(row);
    return row;
  }

  prepare(row) {
    this.fillSubjects(row);
    this.fillOperators(row);
  }

  move(button) {
    const part = button.closest("[data-condition], [data-opaque], [data-group]");
    const other = button.dataset.move === "up" ? part.previousElementSibling : part.nextElementSibling;
    if (button.dataset.move === "up") other?.before(part);
    else other?.after(part);
    button.focus();
  }

  remove(button) {
    const part = button.closest("[data-condition], [data-opaque], [data-group]");
    const near = part.nextElementSibling ?? part.previousElementSibling ?? part.parentElement.closest("[data-group]");
    part.remove();
    near?.querySelector("select, button")?.focus();
  }

  fillOperators(row) {
    const subject = row.querySelector("[data-subject]").selectedOptions[0];
    const select = row.querySelector("[data-op]");
    const before = select.value;
    select.replaceChildren(this.querySelector(`template[data-ops=${subject.dataset.kind}]`).content.cloneNode(true));
    if ([...select.options].some((option) => option.value === before)) select.value = before;
    const note = row.querySelector("[data-note]:not(option)");
    note.textContent = subject.dataset.note;
    note.hidden = subject.dataset.note === "";
    this.fillValue(row);
  }

  /** Puts the inputs there that the operator needs, with what was typed before. */
  fillValue(row) {
    const subject = row.querySelector("[data-subject]").selectedOptions[0];
    const arity = row.querySelector("[data-op]").selectedOptions[0]?.dataset.arity ?? "one";
    const place = row.querySelector("[data-value]");
    const typed = [...place.querySelectorAll("input, textarea, select")].map((input) => input.value);
    place.dataset.arity = arity;
    place.replaceChildren();
    const input = (label, value = "", type = null) => {
      const made = document.createElement("input");
      made.className = "in";
      made.type = type ?? { number: "number", money: "number", date: "date" }[subject.dataset.kind] ?? "text";
      if (made.type === "number") made.step = "any";
      made.value = value;
      made.setAttribute("aria-label", label);
      this.suggest(made, subject);
      return made;
    };
    const word = (text) => {
      const made = document.createElement("span");
      made.className = "dim";
      made.textContent = text;
      return made;
    };
    if (arity === "one" && subject.dataset.kind === "bool") {
      const select = document.createElement("select");
      select.className = "in";
      select.setAttribute("aria-label", "Value");
      select.append(new Option("Yes", "true"), new Option("No", "false"));
      place.append(select);
    } else if (arity === "one") {
      place.append(input("Value", typed[0]), ...(subject.dataset.unit ? [word(subject.dataset.unit)] : []));
    } else if (arity === "two") {
      place.append(input("From", typed[0]), word("and"), input("To", typed[1]));
    } else if (arity === "days") {
      place.append(input("Days", "", "number"), word("days"));
    } else if (arity === "many") {
      const area = document.createElement("textarea");
      area.className = "in";
      area.rows = 2;
      area.value = typed.join("\n");
      area.setAttribute("aria-label", "Values, one a line");
      place.append(area);
    }
  }

  /** The rule the rows say. `parts` collects which element stands at which pointer. */
  read(part, pointer, parts) {
    parts.set(pointer, part);
    if (part.matches("[data-opaque]")) return JSON.parse(part.dataset.json);
    if (part.matches("[data-condition]")) return this.readCondition(part);
    const head = part.querySelector(":scope > .rgroup-head");
    const join = head.querySelector("[data-join]").value;
    const key = { all: "all", any: "any", none: "not", at_least: "of" }[join];
    const inside = join === "none" ? `${pointer}/not/any` : `${pointer}/${key}`;
    const children = [...part.querySelector(":scope > [data-children]").children].map((child, index) =>
      this.read(child, `${inside}/${index}`, parts),
    );
    if (join === "none") return { not: { any: children } };
    if (join === "at_least") return { at_least: Number(head.querySelector("[data-least]").value), of: children };
    return { [key]: children };
  }

  readCondition(row) {
    const subject = row.querySelector("[data-subject]").selectedOptions[0];
    const [source, name] = subject.value.split(/:(.*)/s);
    const op = row.querySelector("[data-op]").value;
    const place = row.querySelector("[data-value]");
    const kind = place.dataset.arity === "days" ? "number" : subject.dataset.kind;
    const exponent = place.dataset.arity === "days" ? 0 : Number(subject.dataset.exponent);
    const typed = (text) => {
      if (kind === "number" || kind === "money") return shifted(text, exponent);
      if (kind === "bool") return text === "true";
      return text.trim();
    };
    const texts =
      place.dataset.arity === "many"
        ? place.querySelector("textarea").value.split("\n").filter((line) => line.trim() !== "")
        : [...place.querySelectorAll("input, select")].map((input) => input.value);
    const values = texts.map(typed);
    if (source === "tag") return { tag: values[0] ?? "" };
    const condition = { [source]: name, op };
    if (place.dataset.arity === "many" || place.dataset.arity === "two") condition.value = values;
    else if (place.dataset.arity !== "none") condition.value = values[0];
    return condition;
  }

  changed() {
    this.parts = new Map();
    const rule = this.read(this.root.firstElementChild, "#", this.parts);
    this.json.value = JSON.stringify(rule, null, 2);
    this.schedule();
  }

  /** The JSON was changed as text: it goes before the rows, which follow once it is saved. */
  byHand() {
    this.root.inert = true;
    this.root.classList.add("stale");
    this.parts = new Map();
    this.schedule();
  }

  schedule() {
    this.querySelector("#preview").classList.add("stale");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.preview(), WAIT_MS);
  }

  async preview() {
    this.pending?.abort();
    this.pending = new AbortController();
    const state = this.querySelector("[data-preview-state]");
    const place = this.querySelector("#preview");
    state.textContent = "Counting";
    try {
      const answer = await fetch(this.dataset.preview, {
        method: "POST",
        headers: { Accept: "text/html", "X-CSRF-Token": csrf() },
        body: new URLSearchParams(new FormData(this.querySelector("form"))),
        signal: this.pending.signal,
      });
      place.innerHTML = await answer.text();
      place.classList.remove("stale");
      state.textContent = answer.ok ? "" : "Could not be counted";
      this.mark(place);
    } catch (error) {
      if (error.name !== "AbortError") state.textContent = "No connection. Change anything to try again.";
    }
  }

  /** Writes what is wrong beside the rows it is about, and the sentence above them. */
  mark(place) {
    for (const part of this.parts.values()) this.wrong(part, "");
    for (const problem of place.querySelectorAll("[data-error-pointer]")) {
      let pointer = problem.dataset.errorPointer;
      while (pointer && !this.parts.has(pointer)) pointer = pointer.slice(0, Math.max(pointer.lastIndexOf("/"), 0));
      if (pointer) this.wrong(this.parts.get(pointer), problem.textContent);
    }
    const sentence = place.querySelector(":scope > .sentence");
    if (sentence) this.querySelector("[data-sentence]").textContent = sentence.textContent;
  }

  wrong(part, text) {
    const line = part.querySelector(":scope > [data-error]");
    if (!line) return;
    line.hidden = text === "";
    line.querySelector("span").textContent = text;
    part.classList.toggle("bad", text !== "");
    for (const input of part.querySelectorAll(":scope > [data-value] :is(input, textarea)")) {
      if (text) input.setAttribute("aria-invalid", "true");
      else input.removeAttribute("aria-invalid");
    }
  }
}

customElements.define("kale-rule-editor", KaleRuleEditor);
