// What `pulumi` runs. It loads src/main.ts through esbuild rather than through the type checker in Pulumi's
// Node.js language host, in a way that works with every version of that host.
"use strict";
require("./register-typescript.cjs");
module.exports = require("../src/main");
