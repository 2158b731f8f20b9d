// Runs the builder as a command of its own, with the options of its only argument: the tests interrupt it,
// and run it twice at once.
import { createLog } from "../../../scripts/lib/log.mjs";
import { runCommand } from "../../../scripts/lib/command.cjs";
import { ensureToolchain } from "../../../toolchain/toolchain.mjs";

await runCommand(async () => {
  const toolchain = await ensureToolchain({
    ...JSON.parse(process.argv[2] ?? "{}"),
    log: createLog(process.stderr),
  });
  console.log(JSON.stringify(toolchain));
});
