import { relative } from "node:path";
import { defineCommand } from "../../scripts/lib/command-line.cjs";
import { createLog } from "../../scripts/lib/log.mjs";
import { UserError } from "../../scripts/lib/user-error.cjs";
import { leftovers } from "./clean-up.mjs";
import { defaultStateDir } from "./instance.mjs";
import { nodeStatus, prepareNode, startNode, stopNode } from "./node.mjs";
import { nodeUnavailable } from "./prerequisites.mjs";

export const main = defineCommand(
  {
    call: "node test/node/cli.mjs",
    about: "A real Kubernetes node with real containers on this machine, for tests (docs/real-node.md).",
    words: {
      prepare: "installs and builds what is needed",
      start: "installs, builds and starts what is needed; does nothing when the node runs",
      stop: "ends it as a power failure would: what it holds stays",
      clean: "ends it and removes all of it, whatever state it is in",
      status: "says what runs, and what of a node is still there when none does",
    },
    options: {
      "state-dir": {
        type: "string",
        value: "FOLDER",
        default: defaultStateDir,
        help: `where it keeps everything (${relative(process.cwd(), defaultStateDir) || "."})`,
      },
    },
  },
  async ({ options: { "state-dir": stateDir }, words: [word, ...more] }) => {
    switch (more.length === 0 ? word : undefined) {
      case "prepare":
        await prepareNode({ log: createLog(process.stdout) });
        return;
      case "start":
        return start(stateDir);
      case "stop":
        return end(stateDir, false);
      case "clean":
        return end(stateDir, true);
      case "status":
        return status(stateDir);
      default:
        throw new UserError("Say what to do: prepare, start, stop, clean or status. See --help.");
    }
  },
);

/** @param {string} stateDir */
async function start(stateDir) {
  const log = createLog(process.stdout);
  const { kubeconfig, nodeAddress } = await startNode({ stateDir, log });
  log(`The node ${nodeAddress} is ready.\n\n  export KUBECONFIG=${kubeconfig}`);
}

/**
 * @param {string} stateDir
 * @param {boolean} purge
 */
async function end(stateDir, purge) {
  const log = createLog(process.stdout);
  const ran = await stopNode({ stateDir, purge, log });
  const rest = purge ? leftovers({ stateDir }) : [];
  if (rest.length > 0)
    throw new UserError(`Still there: ${rest.map(({ kind, what }) => `${kind} ${what}`).join(", ")}.`);
  log(`${ran ? "The node was ended" : "No node ran"}${purge ? ", and nothing of it is left" : ""}.`);
}

/** @param {string} stateDir */
function status(stateDir) {
  const write = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
  const unavailable = nodeUnavailable();
  if (unavailable !== undefined) write(`No node can run here: ${unavailable}.`);
  for (const { name, state, pid, log } of nodeStatus({ stateDir }))
    write(`${name.padEnd(24)} ${state.padEnd(8)} ${pid ?? ""}\t${log}`);
  const running = nodeStatus({ stateDir }).some(({ state }) => state !== "stopped");
  if (!running) for (const { kind, what } of leftovers({ stateDir })) write(`left over: ${kind} ${what}`);
}
