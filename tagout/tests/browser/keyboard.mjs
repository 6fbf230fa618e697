// A person who has a keyboard and nothing else, and sees where they are at each stop.
import assert from "node:assert/strict";

// How many stops there may be before what is wanted.
const STOPS_MAX = 150;
// How often a stop is looked at before it counts as outside the screen.
const LOOKS_MAX = 100;

// Where the focus is, and how it can be seen.
const describeStop = () => {
  const element = document.activeElement;
  const label = element.labels?.[0];
  // The style keeps radio buttons and boxes of forms off the screen; what is seen of them is drawn before their label.
  const isDrawnByLabel = element.matches(".usa-radio__input, .usa-checkbox__input");
  const seen = isDrawnByLabel ? label : element;
  const style = getComputedStyle(seen, isDrawnByLabel ? "::before" : null);
  const box = seen.getBoundingClientRect();
  return {
    label: (label?.textContent ?? element.getAttribute("aria-label") ?? element.textContent).trim(),
    outline: style.outlineStyle === "none" ? 0 : Number.parseFloat(style.outlineWidth),
    isOnScreen: box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0,
    isBody: element === document.body,
  };
};

async function step(page, key) {
  await page.keyboard.press(key);
  let stop = await page.evaluate(describeStop);
  // What slides into view takes a moment.
  for (let looks = 0; looks < LOOKS_MAX && !stop.isOnScreen; looks += 1) stop = await page.evaluate(describeStop);
  if (stop.isBody) return stop;
  assert.ok(stop.outline >= 2, `the focus on "${stop.label}" cannot be seen: its outline is ${stop.outline} px`);
  assert.ok(stop.isOnScreen, `the focus on "${stop.label}" is outside the screen`);
  return stop;
}

// Walks with this key until the focus stands on a control with this text.
async function walkTo(page, text, key) {
  const met = [];
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    const stop = await step(page, key);
    if (stop.label.startsWith(text)) return;
    met.push(stop.label.slice(0, 40));
  }
  assert.fail(`${key} never reaches "${text}" on ${page.url()}, but ${met.join(" | ")}`);
}

// Walks on to the control with this text.
export const tabTo = (page, text) => walkTo(page, text, "Tab");
// Walks back to it.
export const tabBackTo = (page, text) => walkTo(page, text, "Shift+Tab");

// Presses the link or button with this text, and waits for the page that it leads to.
export async function press(page, text) {
  await tabTo(page, text);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

// Types over what stands in the field with this label.
export async function type(page, label, text) {
  await tabTo(page, label);
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
}

// Types a moment such as 2026-11-22T18:05 into the field with this label, part by part.
export async function typeMoment(page, label, moment) {
  await tabTo(page, label);
  const [year, month, day, hour, minute] = moment.match(/\d+/g);
  await page.keyboard.type(`${month}${day}${year}`);
  await page.keyboard.press("ArrowRight");
  const afternoon = Number(hour) >= 12 ? "PM" : "AM";
  await page.keyboard.type(`${String(Number(hour) % 12 || 12).padStart(2, "0")}${minute}${afternoon}`);
  assert.equal(await page.evaluate(() => document.activeElement.value), moment);
}

// Ticks the box with this label.
export async function tick(page, label) {
  await tabTo(page, label);
  await page.keyboard.press("Space");
}

// Walks to the group of radio buttons that begins with `first`, and on with the arrows to `wanted`.
export async function choose(page, first, wanted) {
  await tabTo(page, first);
  if (wanted === first) {
    await page.keyboard.press("Space");
    return;
  }
  for (let stops = 0; stops < STOPS_MAX; stops += 1) {
    const stop = await step(page, "ArrowDown");
    if (stop.label.startsWith(wanted)) return;
  }
  assert.fail(`the arrows never reach "${wanted}"`);
}

// What on the page moves although its reader asked for stillness.
export const moving = (page) =>
  page.evaluate(() => {
    const isStill = (times) => times.split(",").every((time) => Number.parseFloat(time) === 0);
    const all = [...document.querySelectorAll("*")].flatMap((element) =>
      [null, "::before", "::after"].map((pseudo) => [element, getComputedStyle(element, pseudo)]),
    );
    return all
      .filter(([, style]) => style.animationName !== "none" || !isStill(style.transitionDuration) || style.scrollBehavior !== "auto")
      .map(([element]) => element.outerHTML.slice(0, 120));
  });
