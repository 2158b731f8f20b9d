#!/usr/bin/env node
import { requireNode } from "./lib/node-version.mjs";

requireNode();
const { runCommand } = await import("./lib/user-error.mjs");
const { mainNode } = await import("./test/main.mjs");
await runCommand(() => mainNode(process.argv.slice(2)));
