#!/usr/bin/env node
import { requireNode } from "./lib/node-version.mjs";

requireNode();
const { runCommand } = await import("./lib/command.cjs");
const { mainNode } = await import("./test/main.mjs");
await runCommand(mainNode);
