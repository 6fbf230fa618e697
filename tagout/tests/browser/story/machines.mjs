// Act 2: the register, the hosts behind it, and the flaws on them. What has no page yet is typed at a terminal.
import assert from "node:assert/strict";
import { act, command, follow, hosts, look, must, onHost, origin, pressButton, says, settings, tick } from "./house.mjs";

// The flaws that the lab's security updates mend on each host.
export const FLAWS = 12;

async function isRegistered(dana, host) {
  await dana.goto(`${origin}/assets/new`);
  await dana.getByLabel("Hostname").fill(host.name);
  await dana.getByLabel("Purpose").fill("Web server");
  const said = { Kind: "server", Environment: "production", Classification: "none", Criticality: "medium", Exposure: "internal" };
  for (const [label, word] of Object.entries(said)) await dana.getByLabel(label).selectOption(word);
  await pressButton(dana, "Register it");
  await says(dana, host.name, "not settled yet");
}

// The key of the host counts when somebody has read its fingerprint on the host itself.
async function isReached(dana, at) {
  const host = hosts[at];
  await follow(dana, "Settle how");
  const key = (await dana.getByRole("group", { name: "The key of the server" }).innerText()).trim();
  onHost(at, `echo "${key}" >>/home/tagout/.ssh/authorized_keys; rm -f /etc/lab-flaky`);
  await dana.getByLabel("Name or address").fill(host.address);
  await dana.getByLabel("Account on the host").fill("tagout");
  await dana.getByLabel("Fingerprint").fill(hosts[(at + 1) % hosts.length].fingerprint);
  await pressButton(dana, "Settle it");
  await says(dana, "Not done:", "which is not what you confirmed", "treat it as an incident");
  if (at === 0) await look(dana, "asset-reach-refused");
  await dana.getByLabel("Fingerprint").fill(host.fingerprint);
  await pressButton(dana, "Settle it");
  await says(dana, `port 22 of ${host.address}, as tagout`);
}

export async function isCollected(ben, at) {
  await ben.goto(`${origin}/assets/${hosts[at].name}`);
  await tick(ben, "Fetch the lists of packages first");
  await pressButton(ben, "Collect its state");
  assert.equal(await ben.getByRole("alert").count(), 0);
  await says(ben, "Debian", "security updates");
}

export async function machinesAreRegistered({ ben, dana }) {
  act("assets are registered, reached by the keys read on their consoles, and collected");
  for (const [at, host] of hosts.entries()) {
    await isRegistered(dana, host);
    await isReached(dana, at);
    await isCollected(ben, at);
  }
  await dana.goto(`${origin}/assets`);
  await says(dana, ...hosts.map((host) => host.name));
  await look(dana, "assets");
  await dana.goto(`${origin}/assets/AST-0001`);
  await says(dana, "Debian", "security updates", `of ${hosts[0].address}`);
  await look(dana, "asset");
  for (const part of ["packages", "updates", "differences"]) {
    await dana.goto(`${origin}/assets/AST-0001/${part}`);
    await look(dana, `asset-${part}`);
  }
  await dana.goto(`${origin}/assets/coverage`);
  await look(dana, "coverage");

  act("advisories are compared with what is installed");
  must(command("ben", "finding", "advisories", settings.advisories), 0, "are new or changed");
  must(command("ben", "finding", "match", "--all"), 0, `${FLAWS} opened`);
  await ben.goto(`${origin}/findings`);
  assert.equal(await ben.locator("input.choose").count(), FLAWS * hosts.length);
  await look(ben, "findings");
  await ben.goto(`${origin}/findings/FND-0001`);
  await look(ben, "finding");
  await ben.goto(`${origin}/findings/figures`);
  await look(ben, "findings-figures");
}
