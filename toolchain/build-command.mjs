import { parseArguments } from "../scripts/lib/arguments.mjs";
import { createLog } from "../scripts/lib/log.mjs";
import { ensureDefinitions } from "./definitions.mjs";
import { engines } from "./engines.mjs";
import { ensureToolchain } from "./toolchain.mjs";

const help = `Builds the programs that npm start and the tests run: the Pulumi CLI, its Node.js language host and Kubernetes provider,
a Kubernetes control plane, kubectl and KWOK. Each comes from a pinned Go module; what is built already is kept. The definitions of other
products' kinds, such as ServiceMonitor, are fetched in the same way.

Usage: npm run toolchain [-- --only NAME,NAME]

  --only NAMES   build only these: ${engines.map(({ name }) => name).join(", ")}
  --help         print this text

They are kept in $CERTCTL_PULUMI_CACHE, or $XDG_CACHE_HOME/pulumi-certctl, or ~/.cache/pulumi-certctl.
`;

/** @param {string[]} args */
export async function main(args) {
  const { only, help: wanted } = parseArguments(args, {
    only: { type: "string" },
    help: { type: "boolean" },
  });
  if (wanted) {
    process.stdout.write(help);
    return;
  }
  const log = createLog(process.stdout);
  const toolchain = await ensureToolchain({ only: only?.split(","), log });
  ensureDefinitions({ log });
  process.stdout.write(`The toolchain is ready in ${toolchain.cacheFolder}.\n`);
}
