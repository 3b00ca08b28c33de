// The editor of workflows: without a mouse, beside others, and without scripts.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { tabTo } from "../lib/keys.js";
import { quiet } from "../lib/reading.js";

const owner = { as: "owner" };
const ended = (text) => new RegExp(`${text}$`);

/** Presses what has the focus, and waits for what comes of it. */
async function press(page, key = "Enter") {
  await page.keyboard.press(key);
  await quiet(page);
}

/** Goes to something and presses it. */
async function use(page, locator, options) {
  await tabTo(page, locator, options);
  await press(page);
}

const focused = (page) => page.evaluate(() => document.activeElement.id);

/** Waits until the focus is where it was sent. */
const focusIs = (page, selector) => page.waitForFunction((wanted) => document.activeElement?.matches(wanted), selector);

/** Adds a card at a place; the focus is in its title then. */
async function add(page, place, kind, options) {
  await use(page, page.getByRole("link", { name: place }), options);
  await focusIs(page, "#panel-head");
  await use(page, page.locator(`#add-${kind}`));
  await focusIs(page, "#title");
}

/** Types into the field that has the focus, and saves its form. */
async function write(page, text) {
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
  await press(page);
}

/** Presses a button of a form without scripts; what it sends has been done then. By a key: a picture that comes late moves the button from under a pointer. */
async function send(page, button) {
  const answered = page.waitForResponse((answer) => answer.request().method() === "POST");
  await button.press("Enter");
  await answered;
  await page.waitForLoadState();
}

const toast = (page, text) => page.locator("#toasts").getByText(text).waitFor();
const tree = async (run, id) => (await run.kale.api("GET", `/workflows/${id}/tree`)).tree;
const idOf = (page) => /wfl_[0-9a-z]+/.exec(page.url())[0];

export function builder(run) {
  describe("A workflow by keyboard alone", () => {
    it("is built from nothing, refused with two problems, mended and published", () =>
      run.browser.on(owner, "builder-from-nothing", async (page, watch) => {
        watch.expect(/status of 422/);
        await page.goto("/gallery");
        await tabTo(page, page.getByLabel("Name"));
        await page.keyboard.type("By keyboard");
        await press(page);
        await page.waitForURL(/\/workflows\/wfl_/);

        await add(page, "Add a card as the first card of the workflow", "question");
        await write(page, "Why do you leave?");
        await use(page, page.locator(".el-body").first());
        await focusIs(page, ".el-form .in");
        for (const [at, answer] of ["Too dear", "Not needed"].entries()) {
          await tabTo(page, page.locator(".opt > .in:not(select)").nth(at));
          await page.keyboard.type(answer);
        }
        await press(page);

        const lane = page.locator("#lane-add");
        await use(page, lane);
        assert.match(await page.locator(".flow .arm").first().textContent(), /“Too dear”/);
        await add(page, "Add a card as the first card of “Too dear”", "message", { back: true });
        await write(page, "We made it cheaper");

        // Its title is left out, and nothing comes after it: two reasons to refuse it.
        await add(page, "Add a card at the end of the workflow", "confirm", { back: true });
        await use(page, page.locator("#publish-link"), { back: true });
        await focusIs(page, "#panel-head");
        await use(page, page.locator("#publish-now"));
        await focusIs(page, ".findings");
        const refused = page.locator(".findings .bad");
        assert.deepEqual(await refused.count(), 2, (await refused.allTextContents()).join("\n"));
        assert.match(new URL(page.url()).pathname, ended(idOf(page)), "the address is that of the page");

        await use(page, page.locator(".findings a").filter({ hasText: "without a title" }).first());
        await focusIs(page, "#panel-head");
        await tabTo(page, page.locator("#title"));
        await write(page, "Cancel your subscription?");
        await add(page, "Add a card at the end of the workflow", "outcome", { back: true });
        await write(page, "You stay with us");

        await use(page, page.locator("#publish-link"), { back: true });
        await tabTo(page, page.getByLabel("What is new"));
        await page.keyboard.type("The first one");
        await press(page);
        await toast(page, "Published: version 1");
        assert.match(await page.locator(".bhead .chip").textContent(), /Live/);
        const live = await run.kale.api("GET", `/workflows/${idOf(page)}/versions`);
        assert.equal(live.data[0].note, "The first one");
        await run.kale.api("POST", `/workflows/${idOf(page)}/archive`, {});
      }));

    it("cards are moved with Alt and the arrows, each move is said, and Control Z takes it back", () =>
      run.browser.on(owner, "builder-moves", async (page) => {
        const { id } = await run.kale.api("POST", "/workflows", { template: "cancel_saas", name: "Moves" });
        const before = await tree(run, id);
        const [one, two] = before.cards[0].branches;
        const card = one.cards[0].id;
        await page.goto(`/workflows/${id}`);
        await tabTo(page, page.locator(`#card-${card}`));
        await press(page, "Alt+ArrowDown");
        await toast(page, /moved to 2 of 2 in “It costs more than I want to pay”/);
        assert.equal(await focused(page), `card-${card}`, "the focus went with it");
        await press(page, "Alt+ArrowRight");
        await toast(page, /moved to 2 of 2 in “I don't use it enough”/);
        assert.equal(await focused(page), `card-${card}`);
        const moved = (await tree(run, id)).cards[0].branches;
        assert.deepEqual(moved[1].cards.map((one) => one.id), [two.cards[0].id, card]);

        await press(page, "Control+z");
        await press(page, "Control+z");
        assert.deepEqual((await tree(run, id)).cards, before.cards);
        await press(page, "Control+Shift+z");
        assert.equal((await tree(run, id)).cards[0].branches[0].cards[1].id, card);
        await press(page, "Alt+ArrowLeft");
        await toast(page, /has no lane there/);
        await run.kale.api("POST", `/workflows/${id}/archive`, {});
      }));
  });

  describe("A workflow beside others", () => {
    it("who is slower at one card is told who was faster, and loses nothing that was typed", () =>
      run.browser.on(owner, "builder-stale", async (page, watch) => {
        watch.expect(/status of 412/);
        const { id } = await run.kale.api("POST", "/workflows", { template: "cancel_direct", name: "Two people" });
        const [card] = (await tree(run, id)).cards;
        await page.goto(`/workflows/${id}?card=${card.id}`);
        await page.getByLabel("Title").fill("What I typed");
        const { id: _id, elements, branches, visible_when, ...face } = card;
        const theirs = { ...face, title: { en: "What they typed" } };
        await run.kale.api("POST", `/workflows/${id}/ops`, { base: 0, op: { op: "update_card", card: card.id, face: theirs } });

        await page.getByRole("button", { name: "Save card" }).click();
        await page.getByText(/changed this card/).waitFor();
        assert.equal(await page.getByLabel("Title").inputValue(), "What I typed");
        assert.match(await page.locator(`#card-${card.id}`).textContent(), /What they typed/);
        await page.getByRole("button", { name: "Save card" }).click();
        await quiet(page);
        assert.equal((await tree(run, id)).cards[0].title.en, "What I typed");
        await run.kale.api("POST", `/workflows/${id}/archive`, {});
      }));

    it("what is typed into one form outlives the saving of another", () =>
      run.browser.on(owner, "builder-typed", async (page) => {
        const { id } = await run.kale.api("POST", "/workflows", { template: "cancel_direct", name: "Typed" });
        const [card] = (await tree(run, id)).cards;
        await page.goto(`/workflows/${id}?card=${card.id}&element=${card.elements[0].id}`);
        await page.getByLabel("Title").fill("Not saved");
        await page.locator("#save-element").click();
        await quiet(page);
        assert.equal(await page.getByLabel("Title").inputValue(), "Not saved");
        assert.equal(await page.getByText("Not saved yet").first().isVisible(), true);
        assert.notEqual((await tree(run, id)).cards[0].title.en, "Not saved");
        await page.getByRole("button", { name: "Save card" }).click();
        await quiet(page);
        assert.equal((await tree(run, id)).cards[0].title.en, "Not saved");
        await run.kale.api("POST", `/workflows/${id}/archive`, {});
      }));

    it("a card is dragged by its handle to another place", () =>
      run.browser.on(owner, "builder-drag", async (page) => {
        const { id } = await run.kale.api("POST", "/workflows", { template: "cancel_direct", name: "Dragged" });
        const { cards } = await tree(run, id);
        await page.goto(`/workflows/${id}`);
        await page.locator(`#grip-${cards[1].id}`).dragTo(page.locator("#gap-root-0"));
        await toast(page, /moved to 1 of 2 in the workflow/);
        assert.equal((await tree(run, id)).cards[0].id, cards[1].id);
        await run.kale.api("POST", `/workflows/${id}/archive`, {});
      }));
  });

  describe("A workflow without scripts", () => {
    it("gets a card, an element and a title, and says what is wrong with a form", () =>
      run.browser.on({ ...owner, scripts: false }, "builder-no-scripts", async (page, watch) => {
        watch.expect(/status of 422/);
        const { id } = await run.kale.api("POST", "/workflows", { name: "Plain" });
        await page.goto(`/workflows/${id}`);
        await page.getByRole("link", { name: "Add a card as the first card of the workflow" }).click();
        await page.getByRole("button", { name: /^Message/ }).click();
        await page.locator("#title").fill("Hello");
        await page.getByRole("button", { name: "Save card" }).click();
        await page.locator("#elements-add").click();
        await page.locator("#element-call_to_action").click();
        await page.getByLabel("What it does").selectOption("link");
        await page.getByRole("textbox", { name: "Page" }).fill("http://not.secure.example");
        await page.getByRole("button", { name: "Save element" }).click();
        await page.getByText("One thing to correct").waitFor();
        assert.equal(await page.getByRole("textbox", { name: "Page" }).inputValue(), "http://not.secure.example");
        await page.getByRole("textbox", { name: "Page" }).fill("https://secure.example/help");
        await send(page, page.getByRole("button", { name: "Save element" }));
        const [card] = (await tree(run, id)).cards;
        assert.deepEqual([card.title.en, card.elements[0].config.action.link.url], ["Hello", "https://secure.example/help"]);
        await send(page, page.getByRole("button", { name: "Undo", exact: true }));
        assert.equal("link" in (await tree(run, id)).cards[0].elements[0].config.action, false);
        await run.kale.api("POST", `/workflows/${id}/archive`, {});
      }));
  });
}
