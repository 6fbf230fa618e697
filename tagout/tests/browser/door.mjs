// Two people come in by their invitations, one with a passkey, one with a password and one-time codes, and go on with
// nothing but the keyboard: node door.mjs ORIGIN TIME_MS BEN'S_CODE DANA'S_CODE FOLDER
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { giveSecurityKey, launch, lookAt } from "./browser.mjs";
import { tabTo } from "./keyboard.mjs";

const [origin, timeText, invitationOfBen, invitationOfDana, folder] = process.argv.slice(2);
const time = Number(timeText);
const PASSWORD = "four slow yellow bicycles";

const browser = await launch();
const wrong = [];
const pages = [];

// What stood on every page when a step failed.
process.on("unhandledRejection", async (error) => {
  console.error(error);
  for (const page of pages) console.error(`${page.url()}: ${await page.evaluate(() => document.body.innerText).catch(String)}`);
  console.error(wrong.join("\n"));
  process.exit(1);
});

async function person() {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  pages.push(page);
  page.on("pageerror", (error) => wrong.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) wrong.push(message.text());
  });
  return { context, page };
}

// The one-time code of RFC 6238 at this moment.
function codeAt(base32, ms) {
  const bits = [...base32.replace(/[^A-Z2-7]/g, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const secret = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(ms / 30_000)));
  const hash = createHmac("sha1", secret).update(step).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Looks at a page as somebody who cannot see it, and as somebody with a narrow screen.
async function look(page, name) {
  wrong.push(...(await lookAt(page, `door-${name}`, folder)));
}

const heading = (page) => page.locator("h1").textContent();

async function story() {
// Ben accepts with a passkey, and signs in with it.
const ben = await person();
await giveSecurityKey(ben.context, ben.page, "internal");
await ben.page.goto(`${origin}/invitation?code=${invitationOfBen}`);
await look(ben.page, "invitation");
await tabTo(ben.page, "What to call it");
await ben.page.keyboard.type("work laptop");
await tabTo(ben.page, "Make a passkey");
await Promise.all([ben.page.waitForURL((url) => !url.pathname.startsWith("/invitation")), ben.page.keyboard.press("Enter")]);
await ben.page.goto(`${origin}/account`);
if ((await ben.page.url()).includes("/sign-in")) {
  await look(ben.page, "sign-in");
  await tabTo(ben.page, "Sign in with a passkey");
  await Promise.all([ben.page.waitForURL(`${origin}/account`), ben.page.keyboard.press("Enter")]);
}
await look(ben.page, "account");
const cookies = await ben.context.cookies();
const session = cookies.find((cookie) => cookie.name === "tagout");
assert.ok(session.httpOnly && session.sameSite === "Lax", JSON.stringify(session));

// The first page, its places, and out again.
await ben.page.goto(origin);
assert.equal(await heading(ben.page), "Needs me");
await look(ben.page, "needs-me");
await tabTo(ben.page, "Skip to the main part");
await ben.page.keyboard.press("Enter");
assert.equal(await ben.page.evaluate(() => document.activeElement.id), "main");
await ben.page.getByRole("button", { name: "Sign out" }).click();
await ben.page.goto(`${origin}/account`);
assert.match(ben.page.url(), /\/sign-in\?next=%2Faccount/);

// Dana accepts with a password. A wrong code first: what she typed stays, her password does not.
const dana = await person();
await dana.page.goto(`${origin}/invitation?code=${invitationOfDana}`);
const form = dana.page.locator("form", { has: dana.page.locator("input[name=totp_secret]") });
const secret = await form.locator("input[name=totp_secret]").inputValue();
const fill = async (code) => {
  await form.locator("input[name=password]").fill(PASSWORD);
  await form.locator("input[name=code]").fill(code);
  await form.getByRole("button", { name: "Accept the invitation" }).click();
};
await fill("000000");
await dana.page.getByRole("alert").waitFor();
await look(dana.page, "invitation-refused");
assert.equal(await form.locator("input[name=totp_secret]").inputValue(), secret);
assert.equal(await form.locator("input[name=password]").inputValue(), "");
await fill(codeAt(secret, time - 30_000));
await dana.page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
await look(dana.page, "recovery-codes");

await dana.page.goto(`${origin}/sign-in?next=/account/history`);
const door = dana.page.locator("form", { has: dana.page.locator("input[name=handle]") });
await door.locator("input[name=handle]").fill("dana");
await door.locator("input[name=password]").fill(PASSWORD);
await door.locator("input[name=code]").fill(codeAt(secret, time));
await door.getByRole("button", { name: "Sign in" }).click();
await dana.page.waitForURL(`${origin}/account/history`);
await look(dana.page, "history");

// Signed out in another tab, in the middle of a form: what was typed comes back after signing in again.
await dana.page.goto(`${origin}/appearance`);
await dana.page.getByText("Dark", { exact: true }).click();
const kept = await dana.context.cookies();
await dana.context.clearCookies({ name: "tagout" });
await dana.page.getByRole("button", { name: "Keep it so" }).click();
assert.equal(await heading(dana.page), "Your sign-in has ended");
await look(dana.page, "signed-out");
await dana.context.addCookies(kept);
await dana.page.getByRole("button", { name: "Go on" }).click();
await dana.page.getByRole("alert").waitFor();
assert.ok(await dana.page.getByLabel("Dark").isChecked(), "what was chosen is still chosen");
await dana.page.getByRole("button", { name: "Keep it so" }).click();
await dana.page.waitForURL(`${origin}/appearance`);
assert.equal(await dana.page.locator("html").getAttribute("data-appearance"), "dark");

await browser.close();
console.log(`came in by both doors, ${wrong.length} things wrong`);
for (const line of wrong) console.error(line);
process.exit(wrong.length === 0 ? 0 : 1);
}

story();
