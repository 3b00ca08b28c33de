// One live stream per tab. Messages named `job` move the bars of `[data-job]`; when a job ends, its element gets
// `kale:job-done`, which htmx turns into a request for the fresh part of the page. `reset` means: read again.
// Where the stream can't be had, the state of the jobs on the page is asked for every few seconds.
const POLL_MS = 3000;
const GIVE_UP_AFTER = 3;
const QUARTERS = [25, 50, 75, 100];

class KaleLive extends HTMLElement {
  connectedCallback() {
    this.said = new Map();
    this.failures = 0;
    this.wake = () => this.follow();
    document.addEventListener("htmx:after:swap", this.wake);
    document.addEventListener("visibilitychange", this.wake);
    this.follow();
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this.wake);
    document.removeEventListener("visibilitychange", this.wake);
    this.stop();
  }

  get jobs() {
    return [...document.querySelectorAll("[data-job]")];
  }

  /** Opens the stream while the page shows work, and closes it when none is left. */
  follow() {
    if (this.jobs.length === 0 || document.hidden) return this.stop();
    if (this.source || this.timer) return;
    if (this.failures >= GIVE_UP_AFTER || !("EventSource" in window)) return this.poll();
    this.source = new EventSource(this.getAttribute("src"));
    this.source.addEventListener("open", () => (this.failures = 0));
    this.source.addEventListener("job", (event) => this.show(JSON.parse(event.data)));
    this.source.addEventListener("reset", () => this.ask());
    this.source.addEventListener("error", () => {
      this.failures += 1;
      if (this.failures < GIVE_UP_AFTER && this.source?.readyState !== EventSource.CLOSED) return;
      this.failures = GIVE_UP_AFTER;
      this.stop();
      this.follow();
    });
  }

  stop() {
    this.source?.close();
    this.source = undefined;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  poll() {
    this.timer = setTimeout(async () => {
      await this.ask();
      this.timer = undefined;
      this.follow();
    }, POLL_MS);
  }

  async ask() {
    for (const id of new Set(this.jobs.map((part) => part.dataset.job))) {
      try {
        const answer = await fetch(`/jobs/${encodeURIComponent(id)}/status`, { headers: { Accept: "application/json" } });
        if (answer.ok) this.show(await answer.json());
      } catch {
        // No connection just now; the next round tries again.
      }
    }
  }

  /** `{ id, state, percent, note, final }` */
  show(job) {
    document.dispatchEvent(new CustomEvent("kale:job", { detail: job }));
    for (const part of this.jobs.filter((part) => part.dataset.job === job.id)) {
      const bar = part.querySelector("progress");
      const known = typeof job.percent === "number";
      if (known) bar.value = job.percent;
      else bar.removeAttribute("value");
      part.querySelector("[data-job-percent]").textContent = known ? `${job.percent}%` : "";
      part.querySelector("[data-job-note]").textContent = job.note ?? "";
      if (known) this.say(job, part.dataset.title);
      if (job.final && !part.dataset.ended) {
        part.dataset.ended = "yes";
        part.dispatchEvent(new CustomEvent("kale:job-done", { bubbles: true, detail: job }));
      }
    }
  }

  /** Speaks the quarters only. */
  say(job, title) {
    const passed = QUARTERS.filter((quarter) => job.percent >= quarter).at(-1) ?? 0;
    if (passed <= (this.said.get(job.id) ?? 0)) return;
    this.said.set(job.id, passed);
    this.querySelector("[data-live-say]").textContent = `${title}: ${passed} percent`;
  }
}

customElements.define("kale-live", KaleLive);
