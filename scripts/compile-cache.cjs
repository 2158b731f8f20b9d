// Node.js 22.8 and newer keep what they compiled of the packages for the next start. ts-node requires this
// (tsconfig.json), so it holds for the stack program, the scripts and the tests alike.
"use strict";
const { join } = require("node:path");

/** @typedef {{ enableCompileCache?: (folder: string) => unknown }} CompileCache what Node.js 20 lacks */
const module22 = /** @type {CompileCache} */ (/** @type {unknown} */ (require("node:module")));

module22.enableCompileCache?.(join(__dirname, "../node_modules/.cache/compiled"));
