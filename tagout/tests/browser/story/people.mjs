// Act 1: the people come in by one-time links, each with a passkey that also signs.
import assert from "node:assert/strict";
import { act, follow, keepProfile, look, origin, person, pressButton, says, send, settings, tick } from "./house.mjs";

async function comeIn(page, link, name) {
  await page.goto(link);
  await look(page, `invitation-of-${name}`);
  const form = page.locator('form[action="/invitation/passkey"]');
  await form.getByLabel("What to call it").fill(`key of ${name}`);
  await form.getByRole("button").click();
  await page.waitForURL(`${origin}/sign-in?made=passkey`);
  await look(page, `sign-in-of-${name}`);
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await page.waitForURL(`${origin}/`);
  await look(page, `first-page-of-${name}`);
}

async function invite(anna, handle, name, roles) {
  await anna.goto(`${origin}/people`);
  const form = anna.locator('form[action="/people"]');
  await form.getByLabel("Handle").fill(handle);
  await form.getByLabel("Name", { exact: false }).last().fill(name);
  for (const role of roles) await tick(form, role);
  await send(anna, form, "Enrol");
  await look(anna, `invitation-for-${handle}`);
  return (await anna.locator("li.mono").first().innerText()).trim();
}

async function enrolSigningKey(page, name) {
  await page.goto(`${origin}/account/keys`);
  await page.getByRole("button", { name: "Use it for signing" }).click();
  await page.getByRole("heading", { name: /^KEY-000\d$/ }).waitFor();
  await look(page, `keys-of-${name}`);
}

// For what has no page: a token that does these acts and no others.
async function makeToken(page, name, acts) {
  await page.goto(`${origin}/account/tokens`);
  await page.getByLabel("What it is for").fill(`terminal of ${name}`);
  await page.getByLabel("Acts it may do").fill(acts);
  await pressButton(page, "Make the token");
  keepProfile(name, (await page.locator("li.mono").first().innerText()).trim());
  await follow(page, "To your tokens");
  await look(page, `tokens-of-${name}`);
}

export async function peopleComeIn() {
  act("the first administrator comes in and invites two people");
  const anna = await person("anna", "internal");
  await comeIn(anna, `${origin}/invitation?code=${settings.invitation}`, "anna");
  await anna.goto(`${origin}/beginning`);
  await look(anna, "beginning");
  const toBen = await invite(anna, "ben", "Ben Ortiz", ["requester", "technician"]);
  const toDana = await invite(anna, "dana", "Dana Reyes", ["approver", "system owner", "supervisor"]);
  await anna.goto(`${origin}/people`);
  await look(anna, "people");

  act("each comes in with a security key of their own");
  const [ben, dana] = [await person("ben", "usb"), await person("dana", "usb")];
  await comeIn(ben, toBen, "ben");
  await comeIn(dana, toDana, "dana");
  await ben.goto(toDana);
  await ben.getByText("this invitation is not good, or no longer").waitFor();

  act("who comes in is confirmed by somebody who did not invite them");
  await dana.goto(`${origin}/account`);
  await says(dana, "Your roles wait until a colleague who did not invite you has confirmed who you are.");
  await look(dana, "account-of-dana");
  const confirm = async (page) => {
    await page.goto(`${origin}/people/PER-0003`);
    const form = page.locator("form", { has: page.getByRole("button", { name: "Confirm" }) });
    if ((await form.count()) === 0) return false;
    await form.getByLabel("How you know").fill("Sat beside me when they signed in.");
    await send(page, form, "Confirm");
    return (await page.getByRole("alert").count()) === 0;
  };
  assert.equal(await confirm(anna), false, "who invites may not confirm");
  await look(anna, "person-dana");
  assert.ok(await confirm(ben), "a colleague confirms");
  await dana.goto(`${origin}/account`);
  assert.equal(await dana.getByText("Your roles wait").count(), 0);

  await enrolSigningKey(dana, "dana");
  await enrolSigningKey(ben, "ben");
  await makeToken(ben, "ben", "assets.read findings.read findings.import findings.match permits.ask_gate");
  return { anna, ben, dana };
}
