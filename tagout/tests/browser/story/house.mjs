// The people of the story, each at a browser of their own and at a terminal, and what is noted about every page they see.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { launch, giveSecurityKey, lookAt } from "../browser.mjs";

export const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
export const { origin, hosts } = settings;

// How often something that takes its time is looked at, and how long the pause between two looks is.
const LOOKS_MAX = 600;
const PAUSE_MS = 200;

export const wrong = [];
const began = Date.now();
const people = [];
const profiles = {};

export const act = (title) => console.log(`## ${title} (${Math.round((Date.now() - began) / 1000)} s)`);

const browser = await launch();
export const end = () => browser.close();

// A person with a browser window and a security key in it.
export async function person(name, transport) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000);
  await giveSecurityKey(context, page, transport);
  page.on("pageerror", (error) => wrong.push(`${name}: ${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    // A refusal has a status of its own, which browsers take down as an error.
    const isRefusal = /status of 4\d\d/.test(text);
    if (message.type() === "error" && !isRefusal) wrong.push(`${name}: ${page.url()}: ${text}`);
  });
  page.on("request", (request) => {
    if (new URL(request.url()).origin !== origin) wrong.push(`${name}: asks another machine: ${request.url()}`);
  });
  people.push({ name, page });
  return page;
}

// Keeps the live part of the page as it is. Who judges or takes a picture sets styles for a moment; a part that came anew just
// then would copy them, which the policy of our pages refuses.
const hold = (page) =>
  page.evaluate(() => {
    const isFirst = !("isHeld" in globalThis);
    globalThis.isHeld = true;
    if (!isFirst) return;
    document.addEventListener("htmx:beforeSwap", (event) => {
      if (globalThis.isHeld) event.detail.shouldSwap = false;
    });
  });

// Lets it go on, and come anew at once with what was missed.
const release = (page) =>
  page.evaluate(() => {
    globalThis.isHeld = false;
    for (const element of document.querySelectorAll('[style=""]')) element.removeAttribute("style");
    const part = document.querySelector("#part[hx-get]");
    if (part) globalThis.htmx.trigger(part, "sse:moved");
  });

// Judges the page and keeps a picture of every look.
export async function look(page, name) {
  await hold(page);
  wrong.push(...(await lookAt(page, name, settings.pictures)));
  await release(page);
}

// What everybody saw last, for whoever has to find out why the story ended.
export async function tellWhatStandsThere() {
  for (const { name, page } of people) {
    const text = await Promise.race([
      page.evaluate(() => document.body.innerText).catch(String),
      new Promise((resolve) => setTimeout(resolve, 3_000, "it does not answer")),
    ]);
    console.error(`\n-- ${name} sees ${page.url()}\n${text}`);
  }
}

// Sends a form and waits for the page that answers it.
export async function send(page, form, button) {
  await Promise.all([page.waitForEvent("load"), form.getByRole("button", { name: button }).click()]);
}

// Presses a button of the page and waits for the page that answers it.
export const pressButton = (page, button) => send(page, page, button);

// Follows a link and waits for its page.
export async function follow(page, link) {
  await Promise.all([page.waitForEvent("load"), page.getByRole("link", { name: link }).first().click()]);
}

// The style keeps radio buttons and boxes off the screen; people press their labels.
export const tick = (form, label) => form.locator("label", { hasText: new RegExp(`^${label}`) }).click();

export const heading = (page) => page.locator("h1").textContent();
export const main = (page) => page.locator("main").innerText();

export async function says(page, ...lines) {
  const text = await main(page);
  for (const line of lines) assert.ok(text.includes(line), `"${line}" is not on ${page.url()}:\n${text}`);
}

// Waits until something is so.
export async function until(what, isSo) {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const answer = await isSo();
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  assert.fail(`it does not come to this: ${what}`);
}

// A moment as a field of a form takes it, to the minute: so many minutes from the one that is now.
export const minutesFromNow = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16);

// The token that somebody made for their programs, in the profile that their commands use.
export function keepProfile(name, token) {
  profiles[name] = { server: settings.address, token };
  writeFileSync(settings.profiles, JSON.stringify({ profiles }), { mode: 0o600 });
}

function run(who, program, words, environment) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    encoding: "utf8",
    cwd: settings.folder,
    env: { ...process.env, ...environment },
    timeout: 300_000,
  });
  const all = `${stderr}${stdout}`;
  const shown = all.split("\n");
  const text = shown.length > 40 ? `${shown.slice(0, 40).join("\n")}\n(and ${shown.length - 40} more lines)` : all;
  console.log(`${who} $ ${[program.split("/").pop(), ...words].join(" ")}\n${text}${status === 0 ? "" : `(exit code ${status})`}`);
  return { code: status, all };
}

// What somebody types at a terminal of their own, with the token that they made in their browser.
export const command = (who, ...words) =>
  run(who, settings.program, words, {
    TAGOUT_PROFILES: settings.profiles,
    TAGOUT_PROFILE: who,
    TAGOUT_SERVER: settings.address,
    TAGOUT_DATA: settings.data,
  });

// What somebody types who has nothing of tagout but a file.
export const stranger = (program, ...words) => run("stranger", program, words, {});

// An answer that must have this code and say each of this.
export function must({ code, all }, expected, ...lines) {
  assert.equal(code, expected, all);
  for (const line of lines) assert.ok(all.includes(line), `"${line}" is not in\n${all}`);
  return all;
}

// A line of shell as root on a host, as somebody at its console types it.
export const onHost = (at, line) =>
  execFileSync("ssh", ["-F", settings.ssh_config, hosts[at].name, "sudo", "sh", "-c", `'${line}'`], {
    encoding: "utf8",
    timeout: 60_000,
  }).trim();

// The version and the state of a package on a host.
export const version = (at, name) =>
  onHost(at, `dpkg-query -W -f "\\\${Version} \\\${db:Status-Abbrev}" ${name}`);
