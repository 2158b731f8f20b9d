import { existsSync, readdirSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { parseArguments } from "../lib/arguments.mjs";
import { createLog } from "../lib/log.mjs";
import { stopControlPlane } from "./control-plane.mjs";
import { currentFiles, localFolder, repositoryFolder, stackFiles, stacksFolder } from "./local-folder.mjs";

const help = `Ends the processes that npm start has started, and no others. Their data stays: npm start goes on where it was.

Usage: npm stop [-- --purge]

  --purge   remove all that it keeps, too: the local clusters' data, the stacks' state and their generated secrets
  --help    print this text
`;

/** @param {string[]} args */
export async function main(args) {
  const options = parseArguments(args, { purge: { type: "boolean" }, help: { type: "boolean" } });
  if (options.help) {
    process.stdout.write(help);
    return;
  }
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

  if (!options.purge) return;
  for (const path of [stacksFolder, ...Object.values(currentFiles)])
    rmSync(path, { recursive: true, force: true });
  // Other commands keep things there, too.
  if (existsSync(localFolder) && readdirSync(localFolder).length === 0)
    rmSync(localFolder, { recursive: true });
  log(`Removed what npm start had kept in ${relative(repositoryFolder, localFolder)}.`);
}
