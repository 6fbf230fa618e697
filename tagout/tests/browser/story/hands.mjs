// Act 6: a second change from its blank to its run, by people who have a keyboard and nothing else, and want stillness.
import assert from "node:assert/strict";
import { choose, moving, press, tabBackTo, tabTo, tick, type, typeMoment } from "../keyboard.mjs";
import { words } from "./asking.mjs";
import { act, hosts, origin, says, until, version } from "./house.mjs";

const RECORD = `${origin}/changes/CHG-0002`;

async function still(page) {
  assert.deepEqual(await moving(page), [], `something moves on ${page.url()}`);
}

async function itIsFoundAndMended(ben) {
  await ben.goto(origin);
  await still(ben);
  await tabTo(ben, "Skip to the main part");
  await ben.keyboard.press("Enter");
  await tabBackTo(ben, "Changes");
  await Promise.all([ben.waitForEvent("load"), ben.keyboard.press("Enter")]);
  await press(ben, "New change");
  await type(ben, "Title", "Update of one package");
  await choose(ben, "Normal", "Normal");
  await type(ben, "Why it is needed", "The vendor asks for it.");
  await tick(ben, hosts[1].name);
  await press(ben, "Open the change");
  assert.equal(ben.url(), `${RECORD}/edit`);
  await still(ben);
  await press(ben, "Back to the record");
  await press(ben, "Submit");
  await says(ben, "Not done:", "a rollback plan");
  await still(ben);
  // Its window began a moment ago, so that nobody has to wait for it.
  const typed = words(0);
  for (let link = await missingLink(ben); link; link = await missingLink(ben)) {
    await press(ben, link.text);
    for (const [label, text] of Object.entries(typed[link.section])) {
      if (text === true) await tick(ben, label);
      else if (/^\d{4}-/.test(text)) await typeMoment(ben, label, text);
      else await type(ben, label, text);
    }
    await press(ben, "Save this section");
    await press(ben, "Back to the record");
  }
}

// The first link to what is still missing, as the list reads.
async function missingLink(ben) {
  const links = ben.locator('li.is-missing a[href*="/edit#"]');
  if ((await links.count()) === 0) return undefined;
  const path = await links.first().getAttribute("href");
  return { text: (await links.first().innerText()).trim(), section: path.split("#")[1] };
}

async function itIsPlannedAndSubmitted(ben) {
  await press(ben, "The plan of CHG-0002");
  await choose(ben, "Every security update", "The packages named below");
  await type(ben, "Packages", "labpkg001");
  await choose(ben, "When an update needs it", "Never");
  await press(ben, "Make the plan");
  await says(ben, "labpkg001 1.0-1 -> 1.0-2");
  await press(ben, "Back to CHG-0002");
  await press(ben, "Submit");
  await says(ben, "submitted");
}

async function itIsReadAndSigned(dana) {
  await dana.goto(origin);
  await still(dana);
  await press(dana, "CHG-0002");
  await tabTo(dana, "The text under decision");
  await choose(dana, "Approve", "Approve");
  await choose(dana, "approver", "approver");
  await type(dana, "Your words", "Read to its end.");
  await press(dana, "Show the message to sign");
  await tabTo(dana, "The message to sign");
  await tabTo(dana, "Sign with a passkey");
  await Promise.all([dana.waitForURL((url) => url.hash === "#decisions"), dana.keyboard.press("Enter")]);
  await says(dana, "approved");
}

async function itIsCarriedOut(ben, dana) {
  await ben.goto(RECORD);
  await press(ben, "Set the window");
  await dana.goto(RECORD);
  await press(dana, "Permits of CHG-0002");
  await press(dana, "Issue a permit");
  await ben.goto(RECORD);
  await press(ben, "Runs of CHG-0002");
  await press(ben, "Start the run");
  assert.match(ben.url(), /\/runs\/RUN-0002$/);
  await still(ben);
  await until("the run is finished", async () => /State\s*FINISHED/i.test(await ben.locator("main").innerText()));
  assert.equal(version(1, "labpkg001"), "1.0-2 ii");
}

export async function byTheKeyboardAlone({ ben, dana }) {
  act("a second change is found, mended, submitted, read, signed and carried out by the keyboard alone");
  for (const page of [ben, dana]) await page.emulateMedia({ reducedMotion: "reduce" });
  await itIsFoundAndMended(ben);
  await itIsPlannedAndSubmitted(ben);
  await itIsReadAndSigned(dana);
  await itIsCarriedOut(ben, dana);
  for (const page of [ben, dana]) await page.emulateMedia({ reducedMotion: null });
}
