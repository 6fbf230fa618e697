// One chromium for a script, without anything that would call home, and what is asked of every page.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "section508", "best-practice"];

// How pages are looked at: on a desk and on the narrowest screen that must do, by day and by night. What axe finds hangs on
// the width or on the colours, not on both, so it judges each width and each colour scheme once; it takes most of the time.
export const LOOKS = [
  { name: "wide-light", colorScheme: "light", width: 1280, height: 900, isJudged: true },
  { name: "wide-dark", colorScheme: "dark", width: 1280, height: 900 },
  { name: "narrow-dark", colorScheme: "dark", width: 320, height: 800, isJudged: true },
  { name: "narrow-light", colorScheme: "light", width: 320, height: 800 },
];

export const launch = () =>
  chromium.launch({
    executablePath: "/usr/bin/chromium",
    // The parts of a field for a moment are typed in the order of this language.
    env: { ...process.env, LANGUAGE: "en_US" },
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

// Everything that is wrong with the page as it is shown, one line each.
export async function judge(page) {
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(axe);
  const result = await page.evaluate((tags) => {
    // Only rules that are not among these would have the style sheets fetched anew.
    const options = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"], preload: false };
    return globalThis.axe.run(document, options);
  }, TAGS);
  return result.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(" ")}: ${failureSummary.replace(/\s+/g, " ")}`),
  );
}

// How many pixels the page can be scrolled sideways.
export const sideways = (page) =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

// Of a page that is higher than this the top is kept: browsers take minutes for a picture of a long list on a narrow screen.
const PICTURE_HEIGHT_MAX = 8000;

// One for each page, kept: where one is detached the page loses its security key as well.
const sessions = new WeakMap();
async function devtoolsOf(page) {
  if (!sessions.has(page)) sessions.set(page, await page.context().newCDPSession(page));
  return sessions.get(page);
}

// Judges the page, measures it in every look and keeps a picture of each; says what is wrong, one line each. The page is not
// loaded anew.
export async function lookAt(page, name, folder) {
  const wrong = [];
  const devtools = await devtoolsOf(page);
  for (const look of LOOKS) {
    await page.emulateMedia({ colorScheme: look.colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: look.width, height: look.height });
    for (const line of look.isJudged ? await judge(page) : []) wrong.push(`${name} ${look.name}: ${line}`);
    const pixels = await sideways(page);
    if (pixels > 0) wrong.push(`${name} ${look.name}: can be scrolled ${pixels} pixels sideways`);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width: look.width, height: Math.min(height, PICTURE_HEIGHT_MAX), scale: 1 };
    const options = { format: "png", optimizeForSpeed: true, captureBeyondViewport: true, clip };
    // Asked for without the driver, which waits and lays the page out anew for each.
    const { data } = await devtools.send("Page.captureScreenshot", options);
    writeFileSync(join(folder, `${name}-${look.name}.png`), Buffer.from(data, "base64"));
  }
  const [usual] = LOOKS;
  await page.setViewportSize({ width: usual.width, height: usual.height });
  await page.emulateMedia({ colorScheme: usual.colorScheme, reducedMotion: null });
  return wrong;
}

// A security key inside the browser, which its owner always touches and unlocks.
export async function giveSecurityKey(context, page, transport) {
  const devtools = await context.newCDPSession(page);
  await devtools.send("WebAuthn.enable");
  await devtools.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport,
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}
