// Two people come in with passkeys that a virtual authenticator holds, and one of them looks after their account.
import assert from "node:assert/strict";
import { giveSecurityKey, launch, lookAt } from "./browser.mjs";

const [origin, invitation, pictures] = process.argv.slice(2);
const browser = await launch();

// A browser window of one person, with an authenticator that verifies them.
async function person(transport) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await giveSecurityKey(context, page, transport);
  return page;
}

async function look(page, name) {
  assert.deepEqual(await lookAt(page, `passkeys-${name}`, pictures), []);
}

async function comeIn(page, link, name) {
  await page.goto(link);
  await look(page, `invitation-of-${name}`);
  const form = page.locator('form[action="/invitation/passkey"]');
  await form.getByLabel("What to call it").fill("virtual key");
  await form.getByRole("button").click();
  await page.waitForURL(`${origin}/sign-in?made=passkey`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(`${origin}/`);
  await look(page, `first-page-of-${name}`);
}

const anna = await person("internal");
await comeIn(anna, `${origin}/invitation?code=${invitation}`, "anna");

await anna.goto(`${origin}/account/keys`);
await anna.getByRole("button", { name: "Use it for signing" }).click();
await anna.getByRole("heading", { name: "KEY-0001", exact: true }).waitFor();
await look(anna, "keys");
await anna.goto(`${origin}/step-up?next=/account/history`);
await look(anna, "step-up");
await anna.getByRole("button", { name: "Use a passkey" }).click();
await anna.waitForURL(`${origin}/account/history`);
await anna.getByText("proved again").first().waitFor();
await look(anna, "history");

await anna.goto(`${origin}/people`);
const enrol = anna.locator('form[action="/people"]');
await enrol.getByLabel("Handle").fill("ben");
await enrol.getByLabel("Name", { exact: false }).last().fill("Ben Ortiz");
await enrol.locator("label", { hasText: /^requester/ }).click();
await enrol.getByRole("button").click();
await anna.getByRole("heading", { name: "The invitation of PER-0002" }).waitFor();
await look(anna, "told-once");
const link = (await anna.locator("li.mono").first().innerText()).trim();

const ben = await person("usb");
await comeIn(ben, link, "ben");
await ben.goto(link);
await ben.getByText("this invitation is not good, or no longer").waitFor();

await anna.getByRole("button", { name: "Sign out" }).click();
await anna.waitForURL(`${origin}/sign-in`);
await anna.goto(`${origin}/account`);
assert.equal(new URL(anna.url()).pathname, "/sign-in");
await browser.close();
