// What must never happen on a page: an error in the console, an exception, a refusal by the content security policy, an
// answer that says the server broke.

/** Collects what goes wrong in all pages of a browser context. */
export class Watch {
  #seen = [];
  #expected = [];

  /** Begins to watch; call it before the first page is opened. */
  static async over(context) {
    const watch = new Watch();
    await context.exposeBinding("kaleRefused", (_, what) => watch.#seen.push(`CSP: ${what}`));
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        window.kaleRefused(`${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`),
      );
    });
    context.on("console", (message) => {
      if (message.type() === "error") watch.#seen.push(`console: ${message.text()} (${message.location().url})`);
    });
    context.on("weberror", (error) => watch.#seen.push(`exception: ${error.error().stack ?? error.error()}`));
    context.on("response", (answer) => {
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
