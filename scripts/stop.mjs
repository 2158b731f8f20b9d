#!/usr/bin/env node
import { requireNode } from "./lib/node-version.mjs";

requireNode();
// Loaded only now: an old Node.js cannot even link these.
const { runCommand } = await import("./lib/command.cjs");
const { main } = await import("./local/stop-command.mjs");
await runCommand(main);
