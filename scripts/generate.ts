import * as fs from "node:fs";
import * as path from "node:path";
import { documentedArguments } from "./generate/arguments-schema";
import { configurationReference } from "./generate/reference";
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

const usage = `npm run generate [-- --check]

Writes what follows from the documented arguments (src/**/*-args.ts): the schema that the program checks them with, the schema for
editors, and docs/configuration.md.

  --check  write nothing; exit 1 when a file is not up to date
  --help   this text
`;

function main(options: readonly string[]): number {
  const unknown = options.find((option) => !["--check", "--help"].includes(option));
  if (unknown !== undefined) {
    process.stderr.write(`Unknown option "${unknown}". See --help.\n`);
    return 1;
  }
  if (options.includes("--help")) {
    process.stdout.write(usage);
    return 0;
  }
  const files = generatedFiles();
  const drifted = driftedFiles(files);
  if (options.includes("--check")) {
    for (const file of drifted) process.stderr.write(`${file} is not up to date: run npm run generate.\n`);
    return drifted.length > 0 ? 1 : 0;
  }
  for (const file of drifted) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), files[file] ?? "");
  }
  process.stdout.write(drifted.length > 0 ? `Wrote ${drifted.join(", ")}.\n` : "Everything is up to date.\n");
  return 0;
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
