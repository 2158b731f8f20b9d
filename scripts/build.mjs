import { spawnSync } from "node:child_process";
import { cpSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineCommand } from "./lib/command-line.cjs";
import { runCommand } from "./lib/command.cjs";
import { UserError } from "./lib/user-error.cjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const [src, dist] = [join(root, "src"), join(root, "dist")];

const build = defineCommand(
  {
    call: "npm run build",
    about:
      "Makes dist from src, for other repositories to import: JavaScript, declarations, source maps, and " +
      "the files that the code reads.",
    options: {},
  },
  async () => {
    rmSync(dist, { recursive: true, force: true });
    const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
    const { status } = spawnSync(
      process.execPath,
      [compiler, "--project", join(root, "tsconfig.build.json"), "--noEmitOnError"],
      {
        stdio: "inherit",
      },
    );
    if (status !== 0) {
      rmSync(dist, { recursive: true, force: true });
      throw new UserError("dist was not made: the compiler found the errors above.");
    }
    // What the code reads at run time lies beside it: scripts for containers, the schema of the configuration.
    const assets = readdirSync(src, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && !entry.name.endsWith(".ts"),
    );
    for (const { parentPath, name } of assets)
      cpSync(join(parentPath, name), join(dist, relative(src, parentPath), name));
  },
);

await runCommand(build);
