#!/usr/bin/env node
import { requireNode } from "../../scripts/lib/node-version.mjs";

requireNode();
// Loaded only now: an old Node.js cannot even link these.
const { runCommand } = await import("../../scripts/lib/command.cjs");
const { main } = await import("./node-command.mjs");
await runCommand(main);
