// What pages do for forms: ask before words in another section are lost, and send once what is pressed twice.
// node forms.mjs ORIGIN SAMPLES.json
import { readFileSync } from "node:fs";
import { launch } from "./browser.mjs";

const [origin, file] = process.argv.slice(2);
const samples = JSON.parse(readFileSync(file, "utf8"));
const edit = samples.find((sample) => sample.path === "/changes/{change}/edit" && sample.html.includes("data-saved-apart"));
if (!edit) throw new Error("no sample has sections that are saved apart");
const expect = (is, what) => {
  if (!is) throw new Error(what);
};

const browser = await launch();
const page = await browser.newPage();
const sent = [];
const asked = [];
let goesOn = false;
page.on("dialog", (dialog) => {
  asked.push(dialog.message());
  return goesOn ? dialog.accept() : dialog.dismiss();
});
page.on("request", (request) => {
  if (request.method() === "POST") sent.push(new URLSearchParams(request.postData() ?? ""));
});
await page.route(/\/live(\?|$)/, () => {});
// What is taken leaves the page standing, so that it can be seen what was sent.
await page.route("**/*", (route) => {
  return route.request().method() === "POST" ? route.fulfill({ status: 204 }) : route.fallback();
});
await page.route("**/sample", (route) => route.fulfill({ body: edit.html, contentType: "text/html; charset=utf-8" }));

async function sections() {
  await page.goto(`${origin}/sample`, { waitUntil: "load" });
  sent.length = asked.length = 0;
  const forms = page.locator("[data-saved-apart] form");
  const withWords = [];
  for (const form of await forms.all()) if (await form.locator("textarea").count()) withWords.push(form);
  expect(withWords.length >= 2, `${withWords.length} sections with words`);
  const [first, second] = withWords;
  return { words: first.locator("textarea").first(), first: send(first), second: send(second) };
}
const send = (form) => form.locator("button[type=submit]").first();
// A press is through when the page has answered what was asked of it after it.
const settle = () => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

let { words, first, second } = await sections();
await words.fill("half a thought");
await second.click({ noWaitAfter: true });
await settle();
expect(asked.length === 1 && asked[0].includes("not saved"), `asked: ${asked}`);
expect(sent.length === 0, "it was sent although the answer was no");
expect((await words.inputValue()) === "half a thought", "the words are gone");
goesOn = true;
const posted = page.waitForRequest((request) => request.method() === "POST");
await second.click({ noWaitAfter: true });
await posted;
expect(asked.length === 2 && sent.length === 1, `asked ${asked.length} times, sent ${sent.length}`);

({ words, first, second } = await sections());
await words.fill("a whole thought");
const saved = page.waitForRequest((request) => request.method() === "POST");
await first.click({ noWaitAfter: true });
await saved;
expect(asked.length === 0, `asked about the section that is saved: ${asked}`);
expect([...sent[0].values()].includes("a whole thought"), "the words were not sent");

({ words, first, second } = await sections());
await words.fill("pressed twice");
const twice = page.waitForRequest((request) => request.method() === "POST");
await first.dblclick({ noWaitAfter: true });
await twice;
await settle();
expect(sent.length === 1, `sent ${sent.length} times`);

await browser.close();
console.log("asked before words were lost; sent once what was pressed twice");
