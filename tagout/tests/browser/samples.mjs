// Shows every sample of every page, wide and narrow, light and dark: node samples.mjs ORIGIN SAMPLES.json FOLDER
import { readFileSync } from "node:fs";
import { LOOKS, launch, lookAt } from "./browser.mjs";

const [origin, file, folder] = process.argv.slice(2);
const samples = JSON.parse(readFileSync(file, "utf8"));

// Samples are shown under the policy that real pages come with, so that what it forbids is seen to fail.
const real = await fetch(`${origin}/no-such-page`, { headers: { accept: "text/html" } });
const policy = real.headers.get("content-security-policy");
if (!policy?.includes("default-src 'none'")) throw new Error(`pages come without their policy: ${policy}`);

const browser = await launch();
const wrong = [];
const page = await browser.newPage({ reducedMotion: "reduce" });
let shown = "";
const note = (text) => wrong.push(`${shown}: ${text}`);
page.on("console", (message) => {
  if (message.type() === "error") note(message.text());
});
page.on("pageerror", (error) => note(error.message));
page.on("request", (request) => {
  if (new URL(request.url()).origin !== origin) note(`asks another machine: ${request.url()}`);
});
// Nobody is signed in, so the live part of a sample waits without being answered.
await page.route(/\/live(\?|$)/, () => {});
await page.route("**/sample", (route) =>
  route.fulfill({
    body: samples.find((sample) => `${sample.path} ${sample.name}` === shown).html,
    contentType: "text/html; charset=utf-8",
    headers: { "content-security-policy": policy },
  }),
);
for (const sample of samples) {
  shown = `${sample.path} ${sample.name}`;
  await page.goto(`${origin}/sample`, { waitUntil: "load" });
  const name = shown.replace(/[^a-z0-9]+/gi, "-").replace(/^-|-$/g, "");
  wrong.push(...(await lookAt(page, name, folder)));
}
await browser.close();
console.log(`${samples.length} samples, ${LOOKS.length} looks each, ${wrong.length} things wrong`);
for (const line of wrong) console.error(line);
process.exit(wrong.length === 0 ? 0 : 1);
