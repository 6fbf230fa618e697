// A system owner brings files in, leafs through the calendar and goes to the adoption of a policy, with nothing but the
// keyboard: node bring.mjs ORIGIN SESSION FOLDER, where the folder holds the files and takes the pictures.
import assert from "node:assert/strict";
import { join } from "node:path";
import { launch } from "./browser.mjs";
import { choose, press, tabTo, type } from "./keyboard.mjs";

const [origin, session, folder] = process.argv.slice(2);
const browser = await launch();
const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
await context.addCookies([{ name: "tagout", value: session, url: origin }]);
const page = await context.newPage();
// From now on the driver holds choosers back. Asked to only when a key is pressed, it may come too late.
page.on("filechooser", () => {});

async function says(...lines) {
  const text = await page.locator("main").innerText();
  for (const line of lines) assert.ok(text.includes(line), `"${line}" is not on ${page.url()}:\n${text}`);
}

// Opens the chooser of the field with this label by a key, and takes this file.
async function take(label, name) {
  await tabTo(page, label);
  const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press("Enter")]);
  await chooser.setFiles(join(folder, name));
}

async function filesAreBroughtIn() {
  await page.goto(`${origin}/assets/imports`);
  await tabTo(page, "How the list is read");
  await page.keyboard.type("generic");
  await take("List of systems", "systems.csv");
  await press(page, "Show what it would change");
  await says("1 new, 0 changed", "web01");
  await take("The same file", "systems.csv");
  await press(page, "Apply it");
  await says("Applied as IMP-0001");

  await page.goto(`${origin}/findings/imports`);
  await take("Report of Nessus", "scan.zip");
  await press(page, "Import the scan");
  await says("Not done:", "this is a ZIP archive", "unpack it and give the .nessus file inside");
  await take("Report of Nessus", "weekly.nessus");
  await press(page, "Import the scan");
  await says("This is what it changed");

  await page.goto(`${origin}/evidence/new`);
  await type(page, "What it is about", "AST-0001");
  await tabTo(page, "What it shows");
  await page.keyboard.type("document");
  await choose(page, "Final", "Draft");
  await take("File", "systems.csv");
  await press(page, "Add it");
  assert.match(page.url(), /\/evidence\/EVD-\d+$/);
}

async function theCalendarIsLeafedThrough() {
  await page.goto(`${origin}/calendar`);
  const month = await page.locator("caption").innerText();
  await press(page, "After");
  assert.notEqual(await page.locator("caption").innerText(), month);
  await press(page, "Before");
  assert.equal(await page.locator("caption").innerText(), month);
  await press(page, "As week");
  await press(page, "As agenda");
  await press(page, "Subscribe in a calendar program");
  assert.match(page.url(), /\/account\/tokens#calendar$/);
}

async function aDocumentIsProposed() {
  await page.goto(`${origin}/policy/proposal`);
  await take("Policy document", "policy.toml");
  await press(page, "Check it");
  await type(page, "Why it is needed", "Six hours will do.");
  await press(page, "Open the change");
  assert.match(page.url(), /\/changes\/CHG-0001/);
  await page.goto(`${origin}/changes/CHG-0001/adoption`);
  await says("8 hours", "6 hours");
  await says("It cannot be done now");
  await press(page, "The record of CHG-0001");
  assert.match(page.url(), /\/changes\/CHG-0001$/);
}

await filesAreBroughtIn();
await theCalendarIsLeafedThrough();
await aDocumentIsProposed();
await browser.close();
console.log("files, calendar and adoption are reached by the keyboard alone");
