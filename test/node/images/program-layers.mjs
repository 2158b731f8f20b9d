import { copyFileSync, cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../commands.mjs";
import { buildFlags, goEnvironment } from "../../../toolchain/go.mjs";

/** @typedef {import("./base-layers.mjs").LayerRecipe} LayerRecipe */

const pauseModule = fileURLToPath(new URL("pause", import.meta.url));
const contractModule = fileURLToPath(new URL("../../contract", import.meta.url));
const migrations = "internal/database/migrations";

/** The migration that a newer version brings. */
const newMigration = {
  name: "000099_newer_version.up.sql",
  text: "CREATE TABLE newer_version (id BIGINT PRIMARY KEY, noted_at TIMESTAMPTZ NOT NULL DEFAULT now());\n",
};
/** Where the newer server finds its migrations: those of the older one are in its binary. */
export const migrationsFolder = "/app/migrations";

/** @type {LayerRecipe} */
export async function pauseLayer({ root }) {
  await buildGo(pauseModule, ".", join(root, "pause"));
}

/**
 * @param {string} binary
 * @param {string} path where it is in the image
 * @returns {LayerRecipe}
 */
export function copiedProgramLayer(binary, path) {
  return async ({ root }) => {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    copyFileSync(binary, join(root, path));
  };
}

/**
 * @param {"server" | "agent"} name
 * @returns {LayerRecipe}
 */
export function contractLayer(name) {
  return async ({ root }) => {
    mkdirSync(join(root, "app"));
    await buildGo(contractModule, `./cmd/${name}`, join(root, "app", name));
  };
}

/** @type {LayerRecipe} */
export async function newMigrationsLayer({ root }) {
  const folder = join(root, migrationsFolder);
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(join(contractModule, migrations), folder, { recursive: true });
  writeFileSync(join(folder, newMigration.name), newMigration.text);
}

/**
 * @param {string} module
 * @param {string} mainPackage
 * @param {string} output
 */
async function buildGo(module, mainPackage, output) {
  const flags = buildFlags({ name: "", module: "", package: mainPackage });
  await run("go", ["build", ...flags, "-o", output, mainPackage], { cwd: module, env: goEnvironment() });
}

/** @returns {[name: string, content: string][]} all that the stand-ins of certctl are built from */
export function contractSources() {
  return sources(contractModule, (name) => !name.endsWith("_test.go") && /\.(go|mod|sum|sql)$/.test(name));
}

/** @returns {[name: string, content: string][]} */
export function pauseSources() {
  return sources(pauseModule, () => true);
}

/**
 * @param {string} folder
 * @param {(name: string) => boolean} belongs
 * @returns {[name: string, content: string][]}
 */
function sources(folder, belongs) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && belongs(entry.name))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort()
    .map((file) => [file.slice(folder.length), readFileSync(file, "utf8")]);
}
