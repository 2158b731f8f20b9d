import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const caches = resolve(__dirname, "../../.local");

/**
 * Where a program is: the one on PATH, or that of the distribution's package, unpacked into this repository.
 * Nothing is installed, so no right is needed. Throws one line when there is none.
 */
export function debianProgram(packageName: string, program = packageName): string {
  const onPath = spawnSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
  if (onPath !== "") return onPath;
  return unpackedProgram(packageName, program);
}

/** Where the distribution's own build of a program is, whatever is on PATH. */
export function unpackedProgram(packageName: string, program: string): string {
  // Older packages have some programs in /bin.
  const find = (): string | undefined =>
    ["usr/bin", "bin"].map((folder) => join(caches, packageName, folder, program)).find(isThere);
  if (find() === undefined) unpack(packageName, program);
  const found = find();
  if (found === undefined) throw new Error(`the package ${packageName} has no ${program}`);
  return found;
}

function isThere(file: string): boolean {
  return existsSync(file);
}

function unpack(packageName: string, program: string): void {
  const cache = join(caches, packageName);
  mkdirSync(caches, { recursive: true });
  const work = mkdtempSync(`${cache}-`);
  try {
    download(packageName, work);
    const file = readdirSync(work).find((entry) => entry.endsWith(".deb")) ?? "";
    execFileSync("dpkg-deb", ["--extract", file, "root"], { cwd: work, stdio: "pipe" });
    // Test files run side by side, and another one may have been quicker.
    if (existsSync(join(cache, "usr/bin", program))) return;
    rmSync(cache, { recursive: true, force: true });
    renameSync(join(work, "root"), cache);
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0] ?? "";
    throw new Error(
      `${program} is missing, and the package ${packageName} cannot be had from apt (${reason}); put ${program} on PATH`,
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** With lists of packages of our own where the machine's are missing or old: root alone may renew those. */
function download(packageName: string, folder: string): void {
  const apt = (...args: string[]): void => {
    execFileSync("apt-get", ["-q", "-o", "APT::Sandbox::User=", ...args], { cwd: folder, stdio: "pipe" });
  };
  try {
    apt("download", packageName);
  } catch {
    mkdirSync(join(folder, "lists/partial"), { recursive: true });
    mkdirSync(join(folder, "cache/archives/partial"), { recursive: true });
    const own = ["-o", `Dir::State::Lists=${folder}/lists`, "-o", `Dir::Cache=${folder}/cache`];
    apt(...own, "update");
    apt(...own, "download", packageName);
  }
}
