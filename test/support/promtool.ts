import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

/** Debian's and Ubuntu's packages, by their programs. */
const packages = { promtool: "prometheus", prometheus: "prometheus", "prometheus-pushgateway": "prometheus-pushgateway" } as const;

/** A program of Prometheus. */
export type PrometheusProgram = keyof typeof packages;

/**
 * Where a program of Prometheus is: the one on PATH, or that of the distribution's package, unpacked into this repository. Nothing is
 * installed, so no right is needed. Throws one line when there is none.
 */
export function prometheusProgram(name: PrometheusProgram): string {
  const given = process.env.PROMTOOL;
  if (name === "promtool" && given !== undefined) return given;
  const onPath = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
  if (onPath !== "") return onPath;
  const cache = resolve(__dirname, "../../.local", packages[name]);
  const unpacked = join(cache, "usr/bin", name);
  if (!existsSync(unpacked)) unpack(name, cache);
  return unpacked;
}

function unpack(name: PrometheusProgram, cache: string): void {
  mkdirSync(join(cache, ".."), { recursive: true });
  const work = mkdtempSync(`${cache}-`);
  try {
    download(packages[name], work);
    const file = readdirSync(work).find((entry) => entry.endsWith(".deb")) ?? "";
    execFileSync("dpkg-deb", ["--extract", file, "root"], { cwd: work, stdio: "pipe" });
    rmSync(cache, { recursive: true, force: true });
    renameSync(join(work, "root"), cache);
  } catch (error) {
    const reason = (error as Error).message.split("\n")[0] ?? "";
    throw new Error(`${name} is missing, and the package ${packages[name]} cannot be had from apt (${reason}); put ${name} on PATH`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** With lists of packages of our own where the machine's are missing or old: root alone may renew those. */
function download(wanted: string, folder: string): void {
  const apt = (...args: string[]): void => {
    execFileSync("apt-get", ["-q", "-o", "APT::Sandbox::User=", ...args], { cwd: folder, stdio: "pipe" });
  };
  try {
    apt("download", wanted);
  } catch {
    mkdirSync(join(folder, "lists/partial"), { recursive: true });
    mkdirSync(join(folder, "cache/archives/partial"), { recursive: true });
    const own = ["-o", `Dir::State::Lists=${folder}/lists`, "-o", `Dir::Cache=${folder}/cache`];
    apt(...own, "update");
    apt(...own, "download", wanted);
  }
}
