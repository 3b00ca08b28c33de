// The watchers themselves: each is shown something bad and has to see it. A check that can't fail checks nothing.
import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { violations } from "../lib/axe.js";

const BAD = {
  script: `<script>document.title = "ran"</script>`,
  image: `<img src="https://elsewhere.example/pixel.png" alt="">`,
  contrast: `<p style="color:#aaa;background:#fff">Hard to read</p><input type="text">`,
};

export function controls({ browser: _, ...rest }) {
  void rest;
}
