// Act 4: the gate, the permit, and a run that fails on the first host, is mended and taken up again, seen as it goes on.
import assert from "node:assert/strict";
import { act, command, hosts, look, minutesFromNow, must, onHost, origin, pressButton, says, send, tick, until, version } from "./house.mjs";

const RECORD = `${origin}/changes/CHG-0001`;
const OLD = "1.0-1 ii";
const FIXED = "1.0-1+deb12u1 ii";

// How long before the window its permit is issued: between this and a minute less.
const AHEAD_MINUTES = 1.75;

const gate = () => command("ben", "gate", "CHG-0001", "--asset", "AST-0001", "--action", "patch");

export async function theGateOpens({ ben, dana }) {
  act("the gate opens in the window, and only there");
  must(gate(), 7, "window", "permit");
  await ben.goto(RECORD);
  const form = ben.locator("form", { has: ben.getByRole("button", { name: "Set the window" }) });
  // To the minute, and far enough ahead to find the gate shut before it.
  const opening = minutesFromNow(AHEAD_MINUTES);
  await form.getByLabel("Begins").fill(opening);
  await send(ben, form, "Set the window");
  await says(ben, "scheduled");
  await dana.goto(`${RECORD}/permits`);
  await look(dana, "permits-none");
  await pressButton(dana, "Issue a permit");
  await says(dana, "PMT-0001");
  const shut = gate();
  assert.ok(Date.now() < Date.parse(`${opening}Z`), "the story was too slow to find the gate shut");
  must(shut, 7, "window");
  await look(dana, "permits");
  await look(ben, "change-scheduled");
  await ben.goto(`${RECORD}/plan`);
  if (Date.now() < Date.parse(`${opening}Z`)) {
    await pressButton(ben, "Start the run");
    await says(ben, "Not done:", "window");
    await look(ben, "run-refused");
  }
  await until("the window is open", () => Date.now() > Date.parse(`${opening}Z`));
  must(gate(), 0, "allow");
}

// Notes each state of each host that the page shows from now on, and that it is still the same page.
const watch = (page) =>
  page.evaluate(() => {
    globalThis.seen = [];
    const note = () => {
      const hosts = [...document.querySelectorAll("li.card h3")].map((host) => host.innerText.replace(/\s+/g, " ").toLowerCase());
      const now = hosts.join(" | ");
      if (globalThis.seen.at(-1) !== now) globalThis.seen.push(now);
    };
    note();
    new MutationObserver(note).observe(document.querySelector("main"), { childList: true, subtree: true, characterData: true });
  });

const seen = (page) => page.evaluate(() => globalThis.seen ?? []);
const stateOf = (page) => page.locator("dl.facts .state").first().innerText();

async function watchUntil(page, state) {
  await until(`the page shows the run ${state}`, async () => (await stateOf(page)).toLowerCase() === state);
  const states = await seen(page);
  console.log(states.join("\n"));
  assert.ok(states.length > 2, "the page was loaded anew, or showed nothing while the run went on");
  return states.join("\n");
}

const card = (page, at) => page.locator("li.card", { hasText: hosts[at].name });

export async function aRunFailsOnTheFirstHost({ ben }) {
  act("an upgrade fails on the first host and holds the second ring back");
  onHost(0, "touch /etc/lab-flaky");
  await ben.goto(`${RECORD}/plan`);
  await pressButton(ben, "Start the run");
  assert.match(ben.url(), /\/runs\/RUN-0001$/);
  await watch(ben);
  const states = await watchUntil(ben, "halted");
  assert.match(states, new RegExp(`${hosts[0].name} applying`));
  await says(ben, "1 of the 1 hosts of ring 1 have failed or are lost");
  const first = await card(ben, 0).innerText();
  assert.match(first, /lab-flaky\s+half configured/i);
  assert.match(first, /labpkg002\s+fixed/i);
  assert.match(await card(ben, 1).innerText(), /queued/i);
  assert.equal(version(0, "lab-flaky"), "1.0-1+deb12u1 iF");
  assert.equal(version(1, "labpkg002"), OLD, "the second ring waits");
  await look(ben, "run-halted");
}

export async function itIsMendedAndGoesOn({ ben }) {
  act("the cause is removed and the run taken up again; then a person lets the second ring go");
  onHost(0, "rm /etc/lab-flaky");
  const decision = () => ben.locator("form", { has: ben.getByRole("button", { name: "Decide" }) });
  await tick(decision(), "Go on");
  await tick(decision(), hosts[0].name);
  await decision().getByLabel("Why").fill("The file that stood in the way is gone.");
  await send(ben, decision(), "Decide");
  await watch(ben);
  await watchUntil(ben, "paused");
  await look(ben, "run-paused");
  await tick(decision(), "Go on");
  await decision().getByLabel("Why").fill("The first host is whole, and its site answers.");
  await send(ben, decision(), "Decide");
  await watch(ben);
  await until("the second ring is worked on", async () => /applying/i.test(await card(ben, 1).innerText()));
  await look(ben, "run-going-on");
  await watchUntil(ben, "finished");
  await look(ben, "run-finished");
  for (const at of hosts.keys()) {
    for (const name of ["labpkg002", "labpkg020", "lab-reboot", "lab-flaky"]) assert.equal(version(at, name), FIXED, name);
    assert.equal(version(at, "labpkg001"), OLD, "what was not approved was not touched");
  }
  await ben.goto(`${origin}/runs`);
  await look(ben, "runs");
}
