// Act 3: a change is asked for from the list of findings, mended until it is whole, and approved by signature.
import assert from "node:assert/strict";
import { act, follow, hosts, look, minutesFromNow, origin, pressButton, says, send, tick } from "./house.mjs";
import { FLAWS } from "./machines.mjs";

const RECORD = `${origin}/changes/CHG-0001`;

// What is typed into each section of a request whose window opens in so many minutes.
export const words = (minutes) => ({
  impact: { "What it does to security": "Closes the flaws that the change names.", "What stops working": "Each web server restarts once." },
  plans: {
    "How success is found out": "Every unit runs and the site answers.",
    "How it is undone": "The versions from before are installed again.",
    "Who is told": "The help desk, a day ahead and when it is over.",
  },
  // What is ticked, and not typed.
  people: { Ben: true },
  window: { "Work may begin": minutesFromNow(minutes), "Work must have ended": minutesFromNow(240) },
});

const section = (page, name) => page.locator(`section[aria-labelledby="${name}"]`);
const missing = (page) => page.locator("li.is-missing");
const stateOf = (page) => page.locator("main .state").first().innerText();

export async function isAskedFor({ ben }) {
  act("a change is opened from the findings that are ticked, and is not submitted before it is whole");
  await ben.goto(`${origin}/findings`);
  for (const box of await ben.locator("input.choose").all()) await box.check();
  await pressButton(ben, "Open a change for the chosen findings");
  assert.equal(await heading(ben), "New change");
  assert.equal((await ben.getByLabel("Findings it is for").inputValue()).trim().split("\n").length, FLAWS * hosts.length);
  await ben.getByLabel("Title").fill("Security updates of the web servers");
  await ben.getByLabel("Why it is needed").fill("Twelve flaws are known on each.");
  await look(ben, "change-new");
  await pressButton(ben, "Open the change");
  await look(ben, "change-edit");
  await follow(ben, "Back to the record");
  await look(ben, "change-draft");
  await pressButton(ben, "Submit");
  await says(ben, "Not done:", "Missing:", "a security impact", "a rollback plan", "a window", "the people who carry it out");
  await look(ben, "change-submit-refused");
  await isMended(ben);
  await planIsMade(ben);
  await pressButton(ben, "Submit");
  assert.match(await stateOf(ben), /^submitted$/i);
  await look(ben, "change-submitted");
}

const heading = (page) => page.locator("h1").textContent();

// Each line of the list leads to where it is mended.
async function isMended(ben) {
  await ben.goto(RECORD);
  const mended = [];
  const typed = words(1);
  for (;;) {
    const links = missing(ben).locator('a[href*="/edit#"]');
    if ((await links.count()) === 0) break;
    const path = await links.first().getAttribute("href");
    const name = path.split("#")[1];
    assert.ok(!mended.includes(name), `what was typed into "${name}" is still missing`);
    await Promise.all([ben.waitForEvent("load"), links.first().click()]);
    const form = section(ben, name).locator("form");
    for (const [label, text] of Object.entries(typed[name])) {
      if (text === true) await tick(form, label);
      else await form.getByLabel(label).fill(text);
    }
    await send(ben, form, "Save this section");
    mended.push(name);
    await ben.goto(RECORD);
  }
  assert.deepEqual(mended.toSorted(), Object.keys(typed).toSorted());
  assert.equal(await missing(ben).count(), 0);
}

async function planIsMade(ben) {
  await ben.goto(`${RECORD}/plan`);
  await tick(ben, "What fixes the findings");
  await pressButton(ben, "Make the plan");
  await says(ben, "labpkg002", "1.0-1+deb12u1", "ring 1 (1 host)", "ring 2 (2 hosts)");
  await look(ben, "plan");
  await ben.goto(RECORD);
}

// Anna changes the roles of Ben; nothing else gives or takes rights.
async function setRoles(anna, roles, names) {
  await anna.goto(`${origin}/people/PER-0002`);
  const form = anna.locator("form", { has: anna.getByRole("button", { name: "Set the roles" }) });
  for (const name of names) await tick(form, name);
  await form.getByLabel("Why").fill("Trying what the rules say.");
  await send(anna, form, "Set the roles");
  await says(anna, roles);
}

async function readAndChoose(page, path) {
  await page.goto(path);
  await tick(page, "Approve");
  const roles = page.locator("fieldset", { hasText: "In the role" });
  await tick(roles, "approver");
  await page.getByRole("textbox", { name: "Your words" }).fill("Read, with its plan.");
  await pressButton(page, "Show the message to sign");
}

export async function nobodyApprovesTheirOwn({ anna, ben, dana }) {
  act("nobody approves their own change");
  await ben.goto(`${RECORD}/decision`);
  await says(ben, "changes.decide");
  await look(ben, "decision-refused");
  await setRoles(anna, "approver", ["approver"]);
  // Roles wait for a colleague, as always.
  await dana.goto(`${origin}/people/PER-0002`);
  const confirm = dana.locator("form", { has: dana.getByRole("button", { name: "Confirm" }) });
  if ((await confirm.count()) > 0) {
    await confirm.getByLabel("How you know").fill("We share an office.");
    await send(dana, confirm, "Confirm");
  }
  await ben.goto(`${RECORD}/decision`);
  assert.equal(await ben.getByRole("button", { name: "Show the message to sign" }).count(), 0);
  await says(ben, "You do not decide on this", "requester", "2.3");
  await look(ben, "decision-own-refused");
  await setRoles(anna, "technician", ["approver"]);
}

// Dana finds it under what waits for her, reads the very text and signs.
export async function isApproved({ dana }, revision) {
  act(`the text of revision ${revision} is read and signed with a passkey`);
  await dana.goto(origin);
  await look(dana, `needs-dana-${revision}`);
  await follow(dana, /CHG-0001/);
  await says(dana, `revision ${revision}`, "Plan", "labpkg002 1.0-1 -> 1.0-1+deb12u1");
  await readAndChoose(dana, `${RECORD}/decision`);
  await says(dana, "CHG-0001", "approve");
  await look(dana, `decision-${revision}`);
  await Promise.all([
    dana.waitForURL((url) => url.hash === "#decisions"),
    dana.getByRole("button", { name: "Sign with a passkey" }).click(),
  ]);
  assert.match(await stateOf(dana), /^approved$/i);
  await look(dana, `change-approved-${revision}`);
}

export async function anEditVoidsIt({ ben }) {
  act("an edit voids what was approved");
  await ben.goto(`${RECORD}/edit`);
  await says(ben, "What you save begins a new revision, and what was decided no longer counts.");
  const form = section(ben, "window").locator("form");
  await form.getByLabel("Work must have ended").fill(minutesFromNow(180));
  await form.getByLabel("Why it is edited").fill("An hour less will do.");
  await send(ben, form, "Save this section");
  await ben.goto(RECORD);
  assert.match(await stateOf(ben), /^draft$/i);
  await says(ben, "void");
  await look(ben, "change-voided");
  await pressButton(ben, "Submit");
  assert.match(await stateOf(ben), /^submitted$/i);
}
