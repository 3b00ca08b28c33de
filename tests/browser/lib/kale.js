// The server under test: one demo in a folder of its own, for the whole run.
import { spawn, execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

export const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const BINARY = process.env.KALE_BIN ?? path.join(ROOT, "target/debug/kale");
const START_MS = 240_000;

/** A running demo. */
class Kale {
  /** Links that were handed out: each works once. */
  #used = new Set();
  #log = "";

  constructor(process, folder) {
    this.process = process;
    this.folder = folder;
    process.stderr.on("data", (text) => (this.#log += text));
    this.lines = createInterface({ input: process.stdout });
  }

  /** Waits for the line that says where it is. */
  async ready() {
    const line = await new Promise((found, failed) => {
      const timer = setTimeout(() => failed(new Error(`the demo was not ready in time:\n${this.#log}`)), START_MS);
      this.process.once("exit", (code) => failed(new Error(`the demo ended with ${code}:\n${this.#log}`)));
      this.process.once("error", failed);
      this.lines.once("line", (first) => {
        clearTimeout(timer);
        found(first);
      });
    });
    Object.assign(this, JSON.parse(line));
    return this;
  }

  /** What it logged so far. */
  get log() {
    return this.#log;
  }

  /** The page of the newest mail to an address. */
  async mailTo(email) {
    for (let tries = 0; tries < 1_200; tries += 1) {
      const list = await (await fetch(`${this.url}/dev/mail`)).text();
      const row = list.split("<li>").find((one) => one.includes(`to ${email}<`));
      const mail = row && /href="(\/dev\/mail\/[0-9a-f]+)"/.exec(row)?.[1];
      if (mail) return this.url + mail;
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`no mail was sent to ${email}`);
  }

  /** The sign-in link of the newest mail to an address: one that was not handed out yet. */
  async linkFor(email) {
    for (let tries = 0; tries < 1_200; tries += 1) {
      const text = await (await fetch(await this.mailTo(email))).text();
      const link = /https?:\/\/\S+\/sign-in\/link\/[\w-]+/.exec(text)?.[0];
      if (link && !this.#used.has(link)) {
        this.#used.add(link);
        return link;
      }
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`no link was sent to ${email}`);
  }

  /** Asks the API as a program would. */
  async api(method, address, body, headers = {}) {
    const answer = await fetch(`${this.url}/api/v1${address}`, {
      method,
      headers: {
        authorization: `Bearer ${this.api_key}`,
        ...(body && !(body instanceof FormData) ? { "content-type": "application/json" } : {}),
        ...headers,
      },
      body: body && !(body instanceof FormData) ? JSON.stringify(body) : body,
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${address}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Sends a file and waits until the upload is in that state. */
  async upload(name, text, state = "awaiting_mapping") {
    const form = new FormData();
    form.append("file", new Blob([text], { type: "text/csv" }), name);
    const { id } = await this.api("POST", "/uploads/customer-data", form);
    return this.uploadIs(id, state);
  }

  async uploadIs(id, state) {
    let upload;
    for (let tries = 0; tries < 1_200; tries += 1) {
      upload = await this.api("GET", `/uploads/${id}`);
      if (upload.status === state) return upload;
      await new Promise((done) => setTimeout(done, 100));
    }
    throw new Error(`upload ${id} is ${upload.status}, not ${state}`);
  }

  /** Makes a company without data; the answer is a link for its first retention admin. */
  async newCompany(name, slug, email) {
    const settings = ["--mongodb-uri", this.mongodb_uri, "--data-dir", this.folder, "--base-url", this.url];
    const who = ["--name", name, "--slug", slug, "--email", email, "--person", "Robin Vale"];
    const { stdout } = await promisify(execFile)(BINARY, ["admin", ...settings, "create-company", ...who]);
    const link = /\S+\/sign-in\/link\/\S+/.exec(stdout)?.[0];
    if (!link) throw new Error(`no link in: ${stdout}`);
    return link;
  }

  /** Ends it as an operator would. */
  async stop() {
    const ended = new Promise((done) => this.process.once("exit", (code) => done(code)));
    this.process.kill("SIGTERM");
    const timer = setTimeout(() => this.process.kill("SIGKILL"), 60_000);
    const code = await ended;
    clearTimeout(timer);
    await rm(this.folder, { recursive: true, force: true });
    return code;
  }
}

/** Starts a demo on a port of its own; `more` are further arguments. */
export async function start(...more) {
  const folder = await mkdtemp(path.join(tmpdir(), "kale-browser-"));
  const child = spawn(BINARY, ["demo", "--json", "--data-dir", folder, "--listen", "127.0.0.1:0", ...more], {
    stdio: ["ignore", "pipe", "pipe"],
    // The suites sign in as the same people again and again.
    env: { ...process.env, KALE_REQUESTS_PER_SECOND: "1000000" },
  });
  const kale = new Kale(child, folder);
  try {
    return await kale.ready();
  } catch (error) {
    child.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
