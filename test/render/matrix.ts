import { existsSync, readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { parseAllDocuments } from "yaml";
import { render } from "../../scripts/render/command";
import { placeholderArgs } from "../../scripts/render/render-stack";
import type { Manifest } from "../../scripts/render/render-stack";
import { qualifiedConfig, readStackFile } from "../../scripts/stack/stack-file";
import type { CertctlArgs } from "../../src/certctl-args";

/**
 * A row of the render matrix: a stack file in matrix/, and the reviewed manifests of the same name in
 * golden/.
 */
export interface MatrixRow {
  name: string;
  stackFile: string;
  goldenFile: string;
}

const goldenFolder = join(__dirname, "golden");

/** The render matrix. A row is added by adding its stack file. */
export const renderMatrix: readonly MatrixRow[] = readdirSync(join(__dirname, "matrix")).map((file) => ({
  name: basename(file, ".yaml"),
  stackFile: join(__dirname, "matrix", file),
  goldenFile: join(goldenFolder, file),
}));

/** Files of reviewed manifests, by name, whether they have a row or not. */
export function goldenNames(): string[] {
  return existsSync(goldenFolder) ? readdirSync(goldenFolder).map((file) => basename(file, ".yaml")) : [];
}

/** What was reviewed; nothing for a new row. */
export function golden({ goldenFile }: MatrixRow): string {
  return existsSync(goldenFile) ? readFileSync(goldenFile, "utf8") : "";
}

/** What `npm run -s render` prints for a row. */
export async function rendered({ stackFile }: MatrixRow): Promise<string> {
  let text = "";
  await render([stackFile], { stdout: (part) => (text += part), stderr: () => undefined });
  return text;
}

/** The reviewed manifests of a row. */
export function goldenManifests(row: MatrixRow): Manifest[] {
  return parseAllDocuments(golden(row), { version: "1.1" }).map((document) => document.toJS() as Manifest);
}

/** The arguments of a row. */
export function matrixArgs({ stackFile }: MatrixRow): CertctlArgs {
  return placeholderArgs(qualifiedConfig(readStackFile(stackFile)));
}
