// Lets Node load the project's TypeScript: types are removed, not checked (that is `npm run typecheck`).
// esbuild takes milliseconds per file; ts-node, which runs the tests, would load the whole TypeScript compiler at each start of a program.
"use strict";
const fs = require("node:fs");
const { transformSync } = require("esbuild");

process.setSourceMapsEnabled(true);

require.extensions[".ts"] = (module, filename) => {
  const { code } = transformSync(fs.readFileSync(filename, "utf8"), {
    loader: "ts",
    format: "cjs",
    target: "node20",
    sourcemap: "inline",
    sourcefile: filename,
  });
  module._compile(code, filename);
};
