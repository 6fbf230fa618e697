// Act 5: the findings are gone, the change is closed by somebody else, and strangers verify its package.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { act, command, hosts, look, must, origin, pressButton, says, send, settings, stranger } from "./house.mjs";
import { isCollected } from "./machines.mjs";

const RECORD = `${origin}/changes/CHG-0001`;

export async function itIsLookedAtAgainAndClosed({ ben, dana }) {
  act("findings are closed by looking again, a change by somebody who did not do the work");
  for (const at of hosts.keys()) await isCollected(ben, at);
  must(command("ben", "finding", "match", "--all"), 0, "0 opened, 0 still there");
  await ben.goto(`${origin}/findings`);
  assert.equal(await ben.locator("tbody tr").count(), 0, "nothing is open");
  await look(ben, "findings-none");
  await ben.goto(`${origin}/findings/FND-0001`);
  await says(ben, "Proven gone");
  await look(ben, "finding-gone");

  await ben.goto(RECORD);
  await pressButton(ben, "Confirm");
  await says(ben, "Not done:", "executor and verifier");
  await dana.goto(origin);
  await look(dana, "needs-dana-verification");
  await dana.goto(RECORD);
  await look(dana, "change-verifying");
  const confirm = dana.locator("form", { has: dana.getByRole("button", { name: "Confirm" }) });
  await confirm.getByLabel("Words of yours").fill("Seen on both.");
  await send(dana, confirm, "Confirm");
  const close = dana.locator("form", { has: dana.getByRole("button", { name: "Close the change" }) });
  await close.getByLabel("How it ended").fill("Both servers are patched.");
  await send(dana, close, "Close the change");
  await says(dana, "closed", "Dana Reyes (PER-0003)");
  await look(dana, "change-closed");
}

export async function strangersVerifyThePackage({ dana }) {
  act("a package is made that strangers verify");
  await dana.goto(`${origin}/history/exports?change=CHG-0001`);
  await pressButton(dana, "Make the package");
  await look(dana, "history-exports");
  const [download] = await Promise.all([
    dana.waitForEvent("download"),
    dana.getByRole("link", { name: "Download EXP-0001" }).click(),
  ]);
  const file = join(settings.folder, "package.zip");
  await download.saveAs(file);
  const key = ["--key", `@${settings.key}`];
  must(command("dana", "verify", file, ...key), 0, "CHG-0001");
  must(stranger("python3", settings.verifier, file, ...key), 0, "CHG-0001");
  const bytes = readFileSync(file);
  bytes[Math.floor(bytes.length / 2)] ^= 1;
  const changed = join(settings.folder, "changed.zip");
  writeFileSync(changed, bytes);
  must(command("dana", "verify", changed, ...key), 1);
  must(stranger("python3", settings.verifier, changed, ...key), 1);
}

export async function theRecordsAreRead({ anna, ben, dana }) {
  act("the records are read");
  const pages = {
    "history": "/history",
    "history-entry": "/history/entries/20",
    "history-verification": "/history/verification",
    "evidence": "/evidence",
    "evidence-one": "/evidence/EVD-0001",
    "policy": "/policy",
    "changes": "/changes",
    "changes-board": "/changes/board",
    "appearance": "/appearance",
    "ways-in": "/account/ways-in",
    "sign-in-history": "/account/history",
    "step-up": "/step-up?next=/account",
  };
  for (const [name, path] of Object.entries(pages)) {
    const answer = await dana.goto(`${origin}${path}`);
    assert.equal(answer.status(), 200, path);
    await look(dana, name);
  }
  await anna.goto(`${origin}/no-such-page`);
  await look(anna, "no-such-page");
  await ben.goto(`${origin}/history`);
  await look(ben, "not-for-you");
}
