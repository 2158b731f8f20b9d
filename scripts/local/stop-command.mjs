import { existsSync, readdirSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { defineCommand } from "../lib/command-line.cjs";
import { createLog } from "../lib/log.mjs";
import { stopControlPlane } from "./control-plane.mjs";
import { currentFiles, localFolder, repositoryFolder, stackFiles, stacksFolder } from "./local-folder.mjs";

export const main = defineCommand(
  {
    call: "npm stop",
    about:
      "Ends the processes that npm start has started, and no others. Their data stays: npm start goes on " +
      "where it was.",
    options: {
      purge: {
        type: "boolean",
        help:
          "remove all that it keeps, too: the local clusters' data, the stacks' state and their generated " +
          "secrets",
      },
    },
  },
  async ({ options: { purge } }) => {
    const log = createLog(process.stdout);
    const stacks = existsSync(stacksFolder) ? readdirSync(stacksFolder) : [];
    let count = 0;
    for (const stack of stacks) {
      const ended = await stopControlPlane({ stateDir: stackFiles(stack).controlPlane, log });
      if (ended.length > 0)
        log(`${stack}: ended ${ended.map(({ name, pid }) => `${name} (process ${pid})`).join(", ")}.`);
      count += ended.length;
    }
    if (count === 0) log("Nothing was running.");

    if (!purge) return;
    for (const path of [stacksFolder, ...Object.values(currentFiles)])
      rmSync(path, { recursive: true, force: true });
    // Other commands keep things there, too.
    if (existsSync(localFolder) && readdirSync(localFolder).length === 0)
      rmSync(localFolder, { recursive: true });
    log(`Removed what npm start had kept in ${relative(repositoryFolder, localFolder)}.`);
  },
);
