// What must never happen on a page: an error in the console, an exception, a refusal by the content security policy, an
// answer that says the server broke.

/** Collects what goes wrong in a page, or in all pages of a browser context. */
export class Watch {
  #seen = [];
  #expected = [];

  /** Begins to watch; call it before the first page is opened. */
  static async over(target) {
    const watch = new Watch();
    await target.exposeBinding("kaleRefused", (_, what) => watch.#seen.push(`CSP: ${what}`));
    await target.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        window.kaleRefused(`${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`),
      );
    });
    target.on("console", (message) => {
      if (message.type() === "error") watch.#seen.push(`console: ${message.text()} (${message.location().url})`);
    });
    const thrown = (error) => watch.#seen.push(`exception: ${error.stack ?? error}`);
    // A context has the first of them, a page the second.
    target.on("weberror", (error) => thrown(error.error()));
    target.on("pageerror", thrown);
    target.on("response", (answer) => {
      if (answer.status() >= 500) watch.#seen.push(`answer: ${answer.status()} ${answer.request().method()} ${answer.url()}`);
    });
    return watch;
  }

  /** A message that belongs to what is tested, such as the browser's line about a 403 that was asked for. */
  expect(pattern) {
    this.#expected.push(pattern);
    return this;
  }

  /** What went wrong so far. */
  get seen() {
    return this.#seen.filter((line) => !this.#expected.some((pattern) => pattern.test(line)));
  }

  /** Fails if anything went wrong. */
  assertQuiet() {
    if (this.seen.length > 0) throw new Error(`the browser complained:\n  ${this.seen.join("\n  ")}`);
  }
}
