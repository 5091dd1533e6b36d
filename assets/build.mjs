// Bundles the front end into static/build/ under fixed names; hashed names come later, from the static files storage.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import * as esbuild from "esbuild";
import { ICONS } from "./icons/list.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "build");
const packages = createRequire(import.meta.url);

// Bootstrap's reboot comes with the whole palette as variables. We set our own in tokens.css, so only the rules are kept.
const withoutBootstrapPalette = {
  name: "without-bootstrap-palette",
  setup(build) {
    build.onLoad({ filter: /bootstrap-reboot\.css$/ }, async ({ path }) => ({
      loader: "css",
      contents: (await readFile(path, "utf8")).replace(/^(:root,\n)?\[data-bs-theme=\w+\] \{[^}]*\}/gm, ""),
    }));
  },
};

// One file of <symbol>s, picked from Tabler's set: pages say <use href="icons.svg#bell">.
async function iconSprite() {
  const symbols = await Promise.all(
    Object.entries(ICONS).map(async ([name, source]) => {
      const kind = source.startsWith("filled/") ? "filled" : "outline";
      const file = packages.resolve(`@tabler/icons/${kind}/${source.replace("filled/", "")}.svg`);
      const shapes = [...(await readFile(file, "utf8")).matchAll(/<(path|circle|rect|line)\b[^>]*\/>/g)]
        .map(([shape]) => shape)
        .filter((shape) => !shape.includes('d="M0 0h24v24H0z"'));
      const paint = kind === "filled" ? 'fill="currentColor" stroke="none"' : "";
      return `<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${shapes.join("")}</symbol>`;
    }),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}

const options = {
  absWorkingDir: here,
  entryPoints: {
    app: "js/app.js",
    photos: "js/photos.js",
    overlay: "js/overlay.js",
    workbench: "js/workbench.js",
    field: "js/field/field.js",
    "field-worker": "js/field/worker.js",
    "field-css": "css/field.css",
    "app-css": "css/app.css",
    dark: "css/dark.css",
  },
  entryNames: "[name]",
  outdir: out,
  bundle: true,
  minify: true,
  legalComments: "none",
  format: "esm",
  // The oldest engines we draw for: WeChat's browser on old Android phones, and iOS 14.
  target: ["chrome87", "firefox91", "safari14.1"],
  plugins: [withoutBootstrapPalette],
  write: false,
  logLevel: "warning",
};

async function writeAll(result) {
  await mkdir(out, { recursive: true });
  const files = result.outputFiles.map((file) => [file.path.replace(`${out}/`, "").replace(/-css\.css$/, ".css"), file.contents]);
  files.push(["icons.svg", Buffer.from(await iconSprite())]);
  // The PNGs are the same drawing, for phones that install the check list.
  for (const name of await readdir(join(here, "icons")))
    if (/\.(svg|png)$/.test(name)) files.push([name, await readFile(join(here, "icons", name))]);
  for (const [name, contents] of files) await writeFile(join(out, name), contents);
  // Only what this build no longer makes is taken away, so that a running server never finds the folder empty. A dot file is not ours.
  const made = new Set(files.map(([name]) => name));
  for (const name of await readdir(out)) if (!made.has(name) && !name.startsWith(".")) await rm(join(out, name), { recursive: true });
  return files;
}

if (process.argv.includes("--watch")) {
  const writer = { name: "writer", setup: (build) => build.onEnd((result) => (result.errors.length ? undefined : writeAll(result))) };
  const context = await esbuild.context({ ...options, plugins: [...options.plugins, writer] });
  await context.watch();
  console.log("Watching assets/ …");
} else {
  const files = await writeAll(await esbuild.build(options));
  for (const [name, contents] of files) {
    const packed = brotliCompressSync(contents).length;
    console.log(`${name.padEnd(16)}${String(contents.length).padStart(8)} B ${String(packed).padStart(7)} B brotli`);
  }
}
