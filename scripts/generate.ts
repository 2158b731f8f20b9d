import * as fs from "node:fs";
import * as path from "node:path";
import { documentedArguments } from "./generate/arguments-schema";
import { configurationReference } from "./generate/reference";
import { defineCommand } from "./lib/command-line.cjs";
import { lines, runCommand } from "./lib/command.cjs";
import { runtimeSchema } from "./generate/runtime-schema";
import { stackSchema } from "./generate/stack-schema";

const root = path.join(__dirname, "..");

/** Every generated file with its content, from the documented arguments. */
export function generatedFiles(): Record<string, string> {
  const documented = documentedArguments(root);
  return {
    "src/checks/schema.json": json(runtimeSchema(documented.definitions)),
    "schemas/pulumi-stack.schema.json": json(stackSchema(documented.definitions)),
    "docs/configuration.md": configurationReference(documented),
  };
}

/** The generated files that differ from what is on disk. */
export function driftedFiles(files = generatedFiles()): string[] {
  return Object.keys(files).filter((file) => readIfThere(path.join(root, file)) !== files[file]);
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function readIfThere(file: string): string | undefined {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;
}

const generate = defineCommand(
  {
    call: "npm run generate",
    about:
      "Writes what follows from the documented arguments (src/**/*-args.ts): the schema that the program " +
      "checks them with, the schema for editors, and docs/configuration.md.",
    options: {
      check: { type: "boolean", help: "write nothing; exit 1 when a file is not up to date" },
    },
  },
  ({ options: { check } }, output) => {
    const files = generatedFiles();
    const drifted = driftedFiles(files);
    if (check) {
      output.stderr(lines(drifted.map((file) => `${file} is not up to date: run npm run generate.`)));
      return Promise.resolve(drifted.length > 0 ? 1 : 0);
    }
    for (const file of drifted) {
      fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      fs.writeFileSync(path.join(root, file), files[file] ?? "");
    }
    output.stdout(drifted.length > 0 ? `Wrote ${drifted.join(", ")}.\n` : "Everything is up to date.\n");
    return Promise.resolve();
  },
);

if (require.main === module) void runCommand(generate);
