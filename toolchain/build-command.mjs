import { defineCommand } from "../scripts/lib/command-line.cjs";
import { createLog } from "../scripts/lib/log.mjs";
import { ensureDefinitions } from "./definitions.mjs";
import { engines } from "./engines.mjs";
import { ensureToolchain } from "./toolchain.mjs";

export const main = defineCommand(
  {
    call: "npm run toolchain",
    about:
      "Builds the programs that npm start and the tests run: the Pulumi CLI, its Node.js language host and " +
      "Kubernetes provider, a Kubernetes control plane, kubectl and KWOK. Each comes from a pinned Go " +
      "module; what is built already is kept. The definitions of other products' kinds, such as " +
      "ServiceMonitor, are fetched in the same way.",
    options: {
      only: {
        type: "string",
        value: "NAMES",
        help: `build only these: ${engines.map(({ name }) => name).join(", ")}`,
      },
    },
    note:
      "They are kept in $CERTCTL_PULUMI_CACHE, or $XDG_CACHE_HOME/pulumi-certctl, or " +
      "~/.cache/pulumi-certctl.",
  },
  async ({ options: { only } }, output) => {
    const log = createLog(process.stdout);
    const toolchain = await ensureToolchain({ only: only?.split(","), log });
    ensureDefinitions({ log });
    output.stdout(`The toolchain is ready in ${toolchain.cacheFolder}.\n`);
  },
);
