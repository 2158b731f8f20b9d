import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { golden, goldenNames, renderMatrix, rendered } from "../test/render/matrix";
import { lines, runCommand } from "./lib/command.cjs";
import { defineCommand } from "./lib/command-line.cjs";

const updateGolden = defineCommand(
  {
    call: "npm run golden",
    about:
      "Renders each stack file of test/render/matrix, and writes its manifests to test/render/golden, " +
      "where the tests compare them. Look at the difference in git before you commit it: a pull request " +
      "shows it to the reviewer.",
    options: {},
  },
  async (_given, output) => {
    const root = join(__dirname, "..");
    const changed: string[] = [];
    for (const row of renderMatrix) {
      const manifests = await rendered(row);
      if (manifests === golden(row)) continue;
      mkdirSync(dirname(row.goldenFile), { recursive: true });
      writeFileSync(row.goldenFile, manifests);
      changed.push(`wrote ${relative(root, row.goldenFile)}`);
    }
    for (const name of goldenNames().filter((file) => !renderMatrix.some((row) => row.name === file))) {
      const file = join(root, "test/render/golden", `${name}.yaml`);
      rmSync(file);
      changed.push(`removed ${relative(root, file)}`);
    }
    output.stdout(changed.length === 0 ? "Every file is up to date.\n" : lines(changed));
  },
);

void runCommand(updateGolden);
