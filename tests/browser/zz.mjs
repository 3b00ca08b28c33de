import { chromium } from "playwright-core";
const [out, height, ...names] = process.argv.slice(2);
const b = await chromium.launch({ executablePath: "/usr/bin/chromium", args: ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"] });
const p = await b.newPage({ viewport: { width: names.length * +(process.env.W ?? 400), height: +height } });
await p.goto("file:///work/main/target/browser/");
await p.setContent(`<body style="margin:0;display:flex;gap:10px;align-items:start;background:#888">${names.map((n) => `<img src="file:///work/main/target/browser/${n}.png" style="width:${+(process.env.W ?? 400) - 10}px">`).join("")}`);
await p.waitForTimeout(800);
await p.screenshot({ path: out, clip: { x: 0, y: 0, width: names.length * +(process.env.W ?? 400), height: +height } });
await b.close();
