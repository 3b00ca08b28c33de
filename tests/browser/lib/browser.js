// Chromium, and people who look at the dashboard with it.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { chromium } from "playwright-core";

import { ROOT } from "./kale.js";
import { Watch } from "./watch.js";

/** Where pictures of the pages are kept. */
export const PICTURES = path.join(ROOT, "target/browser");
export const WIDE = { width: 1440, height: 900 };
export const NARROW = { width: 390, height: 844 };

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const NAMES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const WAIT_MS = 15_000;

/** The browser and the signed-in people of one run. */
export class Browser {
  #kept = new Map();
  #shared = new Map();

  static async launch(kale) {
    const executablePath = process.env.CHROMIUM ?? NAMES.find(existsSync);
    if (!executablePath) throw new Error("no Chromium; name one in CHROMIUM");
    await mkdir(PICTURES, { recursive: true });
    const browser = new Browser();
    browser.kale = kale;
    browser.chromium = await chromium.launch({ executablePath, headless: true, args: FLAGS });
    return browser;
  }

  /** Opens a link and keeps the sign-in under a name, for `open({ as: name })`. */
  async signIn(name, link) {
    const context = await this.chromium.newContext({ baseURL: this.kale.url });
    const page = await context.newPage();
    await page.goto(link);
    this.#kept.set(name, await context.storageState());
    await context.close();
  }

  /** A page of its own browser profile. `as` is the name of somebody signed in; without one it is a stranger's. */
  async open(options = {}) {
    const context = await this.#context(options);
    const watch = await Watch.over(context);
    const page = await context.newPage();
    return { context, page, watch };
  }

  async #context({ as, theme = "light", size = WIDE, scripts = true }) {
    const context = await this.chromium.newContext({
      baseURL: this.kale.url,
      storageState: as ? this.#kept.get(as) : undefined,
      colorScheme: theme,
      reducedMotion: "reduce",
      viewport: size,
      javaScriptEnabled: scripts,
      locale: "en-GB",
      acceptDownloads: true,
    });
    context.setDefaultTimeout(WAIT_MS);
    return context;
  }

  /** As `on`, in a profile that somebody signed in keeps for all such pages: what they loaded before is at hand. */
  async look(as, name, work) {
    if (!this.#shared.has(as)) this.#shared.set(as, this.#context({ as }));
    const page = await (await this.#shared.get(as)).newPage();
    const watch = await Watch.over(page);
    await watched(page, watch, name, work, () => page.close());
  }

  /** Does something on a page, and fails if the browser complained. A picture is kept of a page that failed. */
  async on(options, name, work) {
    const { context, page, watch } = await this.open(options);
    await watched(page, watch, name, work, () => context.close());
  }

  async close() {
    await this.chromium.close();
  }
}

async function watched(page, watch, name, work, close) {
  try {
    await work(page, watch);
    watch.assertQuiet();
  } catch (error) {
    await picture(page, `failed-${name}`).catch(() => {});
    throw error;
  } finally {
    await close();
  }
}

/** Keeps a picture of the whole page. */
export async function picture(page, name) {
  await page.evaluate(() => scrollTo(0, 0));
  await page.screenshot({ path: path.join(PICTURES, `${name.replaceAll(/[^a-z0-9]+/gi, "-")}.png`), fullPage: true });
}
