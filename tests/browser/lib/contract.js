// The list of pages that the dashboard keeps of itself.
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";

import { ROOT } from "./kale.js";

const CRATE = path.join(ROOT, "crates/dashboard");
const list = () => readFile(path.join(CRATE, "PAGES.md"), "utf8");

/** The pages of PAGES.md: an address with `{…}` in it, and a pattern for addresses that are one of them. */
export async function described() {
  const found = new Set();
  for (const line of (await list()).split("\n")) {
    // `GET /personas/new`, `GET /personas/{id}` → `persona_editor::PersonaEditorPage`
    for (const part of line.split(/→ `(?:\w+::)?\w+Page`/).slice(0, -1)) {
      for (const [, address] of part.matchAll(/`GET ([^`]*)`/g)) found.add(address);
    }
    // | which company | `/sign-in/companies?next=` | `CompaniesPage` |
    const row = /^\|.*`(\/[^`]*)` \| `\w+Page` \|$/.exec(line);
    if (row) found.add(row[1]);
  }
  return [...found].map((address) => ({ address, pattern: pattern(address) }));
}

/** `/personas/{id}?…` as a pattern for paths. An id is never a word that stands in the address of another page. */
function pattern(address) {
  const [route] = address.split("?");
  const parts = route.split("/").map((part) => (/^\{.*\}$/.test(part) ? "(?:[^/]*_[^/]*|[0-9a-f]{32})" : part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")));
  return new RegExp(`^${parts.join("/")}$`);
}

/** The pages that have a template, and those of them that PAGES.md does not name. */
export async function structs() {
  const folder = path.join(CRATE, "src/view");
  const text = await list();
  const names = [];
  for (const file of await readdir(folder)) {
    const code = await readFile(path.join(folder, file), "utf8");
    names.push(...[...code.matchAll(/^pub struct (\w+Page)\b/gm)].map(([, name]) => name));
  }
  if (names.length === 0) throw new Error(`no pages in ${folder}`);
  return { names, undescribed: names.filter((name) => !text.includes(name)) };
}
