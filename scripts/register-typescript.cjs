// Lets Node load the project's TypeScript: types are removed, not checked (that is `npm run typecheck`).
// esbuild takes milliseconds per file, and what it made is kept by content, so that an unchanged file costs
// nothing at the next start. A loader that compiles with TypeScript would load the whole compiler at each
// start.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const packages = path.join(__dirname, "..", "node_modules");
if (!fs.existsSync(path.join(packages, "esbuild"))) {
  process.stderr.write('The npm packages are not installed: run "npm ci".\n');
  process.exit(1);
}
process.setSourceMapsEnabled(true);

/** @type {import("esbuild").TransformOptions} */
const options = { loader: "ts", format: "cjs", target: "node20", sourcemap: "inline" };
const { version } = require("esbuild/package.json");
const cache = path.join(packages, ".cache", "pulumi-certctl");
/** @type {(source: string, filename: string) => string} */
const key = (source, filename) =>
  createHash("sha1")
    .update(JSON.stringify([version, options, filename, source]))
    .digest("hex");

/** @typedef {NodeJS.Module & { _compile(code: string, filename: string): void }} CompiledModule */

/** @type {(module: NodeJS.Module, filename: string) => void} */
require.extensions[".ts"] = (module, filename) => {
  const source = fs.readFileSync(filename, "utf8");
  /** @type {CompiledModule} */ (module)._compile(cached(source, filename), filename);
};

/**
 * @param {string} source
 * @param {string} filename
 * @returns {string}
 */
function cached(source, filename) {
  const file = path.join(cache, `${key(source, filename)}.js`);
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    const { code } = require("esbuild").transformSync(source, { ...options, sourcefile: filename });
    keep(file, code);
    return code;
  }
}

/**
 * @param {string} file
 * @param {string} code
 */
function keep(file, code) {
  try {
    fs.mkdirSync(cache, { recursive: true });
    // Renamed into place: another process may read it at the same time.
    fs.writeFileSync(`${file}.${process.pid}`, code);
    fs.renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only checkout works, only slower.
  }
}
