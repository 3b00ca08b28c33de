// Sends a file with its progress. The form works without it; this adds dropping, the bar, and refusing a file that is
// too large before it is sent.
import { csrf } from "./page.js";

const size = (bytes) =>
  bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : bytes >= 1e6 ? `${(bytes / 1e6).toFixed(1)} MB` : `${Math.ceil(bytes / 1e3)} kB`;

class KaleUpload extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.input = this.querySelector("input[type=file]");
    this.progress = this.querySelector("[data-progress]");
    if (this.listening) return;
    this.listening = true;
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (this.input.files[0]) this.send(this.input.files[0]);
    });
    this.input.addEventListener("change", () => this.problem(""));
    this.querySelector("[data-abort]").addEventListener("click", () => this.request?.abort());
    for (const name of ["dragenter", "dragover"]) {
      this.form.addEventListener(name, (event) => {
        event.preventDefault();
        this.form.classList.add("over");
      });
    }
    this.form.addEventListener("dragleave", (event) => {
      if (!this.form.contains(event.relatedTarget)) this.form.classList.remove("over");
    });
    this.form.addEventListener("drop", (event) => {
      event.preventDefault();
      this.form.classList.remove("over");
      const files = event.dataTransfer.files;
      if (files.length > 1) return this.problem("Drop one file at a time.");
      if (files[0]) this.send(files[0]);
    });
  }

  disconnectedCallback() {
    this.request?.abort();
  }

  problem(text) {
    const line = this.querySelector("[data-problem]");
    line.hidden = text === "";
    line.querySelector("span").textContent = text;
  }

  send(file) {
    this.problem("");
    if (file.size > Number(this.dataset.max)) {
      return this.problem(`${file.name} is ${size(file.size)}; the largest file is ${this.dataset.maxWords}.`);
    }
    if (file.size === 0) return this.problem(`${file.name} is empty.`);
    // The file comes last, so that the server knows the rest before it reads the stream.
    const body = new FormData();
    for (const field of this.form.querySelectorAll("input[type=hidden]")) body.append(field.name, field.value);
    body.append("file", file, file.name);
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", this.form.action);
    request.setRequestHeader("X-CSRF-Token", csrf());
    request.setRequestHeader("Accept", "application/json");
    const started = performance.now();
    request.upload.addEventListener("progress", (event) => this.show(file, event, started));
    request.addEventListener("load", () => this.answered(request));
    request.addEventListener("error", () => this.ended("The connection broke. Nothing was kept; send the file again."));
    request.addEventListener("abort", () => this.ended(""));
    this.progress.hidden = false;
    this.querySelector("[data-send]").disabled = true;
    this.show(file, { loaded: 0, total: file.size }, started);
    request.send(body);
  }

  show(file, { loaded, total }, started) {
    const bar = this.progress.querySelector("progress");
    const seconds = (performance.now() - started) / 1000;
    bar.value = total ? (loaded * 100) / total : 0;
    const left = seconds > 5 && loaded > 0 ? `, about ${Math.ceil(((total - loaded) / loaded) * seconds)} s left` : "";
    this.progress.querySelector("[data-progress-note]").textContent =
      loaded >= total ? `${file.name}: sent, being stored` : `${file.name}: ${size(loaded)} of ${size(total)}${left}`;
  }

  ended(problem) {
    this.request = undefined;
    this.progress.hidden = true;
    this.querySelector("[data-send]").disabled = false;
    this.problem(problem);
  }

  answered(request) {
    let answer = {};
    try {
      answer = JSON.parse(request.responseText);
    } catch {
      // Not ours: a proxy answered. The status says enough.
    }
    if (request.status >= 200 && request.status < 300 && answer.location) {
      location.assign(answer.location);
      return;
    }
    const words = answer.detail ?? answer.title ?? `The server answered ${request.status}.`;
    this.ended(answer.request_id ? `${words} (request ${answer.request_id})` : words);
  }
}

customElements.define("kale-upload", KaleUpload);
