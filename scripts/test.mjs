import { requireNode } from "./lib/node-version.mjs";

requireNode();
// Loaded only now: an old Node.js cannot even link these.
const { runCommand } = await import("./lib/user-error.mjs");
const { main } = await import("./test/main.mjs");
await runCommand(() => main(process.argv.slice(2)));
