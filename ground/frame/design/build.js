// Makes the files in ../static that come from elsewhere: the parts of USWDS that the pages use, with every colour as a
// custom property so that dark and high contrast only set properties, and htmx with its part for server-sent events.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "sass";

const here = dirname(fileURLToPath(import.meta.url));
const modules = join(here, "node_modules");
const uswds = join(modules, "@uswds/uswds");
const target = join(here, "../static");

const built = compile(join(here, "uswds.scss"), {
  loadPaths: [join(uswds, "packages")],
  style: "compressed",
  quietDeps: true,
  silenceDeprecations: ["import", "global-builtin", "color-functions", "if-function"],
});

const images = new Set();
const colours = new Set();
const css = built.css
  // Fonts are the system's own: nothing is fetched for them.
  .replace(/@font-face\{[^}]*\}/g, "")
  .replace(/url\("?img\/([^")]+)"?\)/g, (_, name) => {
    images.add(name);
    return `url("img/${name}")`;
  })
  .replace(/#([0-9a-f]{6}|[0-9a-f]{3})\b(?=[^{}]*\})/gi, (_, hex) => {
    const long = (hex.length === 3 ? [...hex].map((digit) => digit + digit).join("") : hex).toLowerCase();
    colours.add(long);
    return `var(--c-${long})`;
  })
  // `color:#0000` and the like keep their alpha; named colours become properties too.
  .replace(/(?<=[:\s,])white(?=[;}\s,])/g, () => (colours.add("ffffff"), "var(--c-ffffff)"))
  .replace(/(?<=[:\s,])black(?=[;}\s,])/g, () => (colours.add("000000"), "var(--c-000000)"));
const light = [...colours].sort().map((hex) => `--c-${hex}:#${hex}`);
writeFileSync(join(target, "uswds.css"), `:root{${light.join(";")}}\n${css.replace(/^\ufeff/, "")}\n`);

for (const name of images) {
  mkdirSync(dirname(join(target, "img", name)), { recursive: true });
  cpSync(join(uswds, "dist/img", name), join(target, "img", name));
}
cpSync(join(uswds, "LICENSE.md"), join(target, "licences/uswds.md"));
cpSync(join(modules, "htmx.org/dist/htmx.min.js"), join(target, "htmx.js"));
cpSync(join(modules, "htmx.org/LICENSE"), join(target, "licences/htmx.txt"));
cpSync(join(modules, "htmx-ext-sse/dist/sse.min.js"), join(target, "htmx-sse.js"));
cpSync(join(modules, "htmx-ext-sse/LICENSE"), join(target, "licences/htmx-sse.txt"));
console.log(`${images.size} images, ${colours.size} colours`);
