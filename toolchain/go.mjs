import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../scripts/lib/user-error.mjs";

/** @typedef {import("./engines.mjs").Engine} Engine */

/** One folder per Go module that pins what is built or fetched. */
export const defaultModulesFolder = fileURLToPath(new URL("modules", import.meta.url));

const install = "Install a current Go (https://go.dev/dl) and run the command again.";

/**
 * The environment of every call of Go: one compiler, static binaries, and nothing of a workspace that happens
 * to lie above.
 * @returns {NodeJS.ProcessEnv}
 */
export function goEnvironment() {
  return { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local", GOWORK: "off" };
}

/**
 * @param {Engine} engine
 * @returns {string[]} what decides what the binary becomes, apart from the module and Go itself
 */
export function buildFlags({ stamps = {}, tags = [] }) {
  // Without symbol tables the binaries are a third smaller.
  const linkerFlags = [
    "-s",
    "-w",
    ...Object.entries(stamps).flatMap(([variable, value]) => ["-X", `${variable}=${value}`]),
  ];
  const tagFlags = tags.length > 0 ? [`-tags=${tags.join(",")}`] : [];
  return [
    "-mod=readonly",
    "-trimpath",
    // The checkout's revision must not get into the binary: it would be another one after each commit.
    "-buildvcs=false",
    // What a debugger reads, and the linker would drop: about 12 % of the compiler's work.
    "-gcflags=all=-dwarf=false",
    ...tagFlags,
    `-ldflags=${linkerFlags.join(" ")}`,
  ];
}

/**
 * Finds Go on PATH, and checks that it is new enough for the modules.
 * @param {string[]} moduleFolders
 * @returns {{ version: string, platform: string }} `1.26`, `linux/amd64`
 */
export function requireGo(moduleFolders) {
  const needed = moduleFolders.map(neededGo).sort(compareVersions).at(-1) ?? "1.0";
  const [found = "", os = "", architecture = ""] = goEnv("GOVERSION", "GOOS", "GOARCH");
  const version = /^go(\d+(?:\.\d+)*)/.exec(found)?.[1];
  // A development version has no number; it is newer than any release.
  if (version !== undefined && compareVersions(version, needed) < 0) {
    throw new UserError(
      `Go ${needed} or newer is needed to build the toolchain, and the one on PATH is ${version}. ${install}`,
    );
  }
  return { version: (version ?? found).split(".").slice(0, 2).join("."), platform: `${os}/${architecture}` };
}

/** @param {string[]} names */
function goEnv(...names) {
  try {
    return execFileSync("go", ["env", ...names], {
      encoding: "utf8",
      env: goEnvironment(),
      cwd: "/",
      stdio: ["ignore", "pipe", "pipe"],
    })
      .trim()
      .split("\n");
  } catch (error) {
    const { code, stderr } = /** @type {NodeJS.ErrnoException & { stderr?: string }} */ (error);
    if (code === "ENOENT")
      throw new UserError(`Go is needed to build the toolchain, and there is none on PATH. ${install}`);
    throw new UserError(`The Go on PATH does not work: ${stderr?.trim() || error}`);
  }
}

/**
 * @param {string} moduleFolder
 * @returns {string} of its go directive
 */
function neededGo(moduleFolder) {
  return /^go (\S+)$/m.exec(readFileSync(join(moduleFolder, "go.mod"), "utf8"))?.[1] ?? "1.0";
}

/**
 * @param {string} left
 * @param {string} right
 */
function compareVersions(left, right) {
  const numbers = (/** @type {string} */ version) =>
    version.split(".").map((part) => Number.parseInt(part, 10));
  const [a, b] = [numbers(left), numbers(right)];
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * @param {string} moduleFolder
 * @returns {[name: string, content: string][]} all that pins what is built
 */
export function moduleFiles(moduleFolder) {
  return readdirSync(moduleFolder)
    .sort()
    .map((name) => [name, readFileSync(join(moduleFolder, name), "utf8")]);
}
