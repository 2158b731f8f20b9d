import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { unpackedProgram } from "./debian-program";
import userlands from "./userlands.json";

/** Images that run scripts of ours. */
export type ScriptImage = "postgres" | "server" | "agent" | "awsCli";

/** What is beside the system's own programs, as the image's build file says: those that a script may use. */
export const addedPrograms: Record<ScriptImage, readonly string[]> = {
  postgres: ["initdb", "pg_ctl", "pg_dump", "pg_isready", "pg_restore", "postgres", "psql"],
  server: ["curl"],
  agent: ["/app/agent", "curl"],
  awsCli: ["aws"],
};

/**
 * The system's programs of an image. Alpine's are busybox, whose options and output are others than GNU's,
 * and whose numbers may be smaller; Amazon Linux has GNU's, and bash as its shell.
 */
export function systemPrograms(image: ScriptImage): readonly string[] {
  return image === "awsCli" ? [...userlands.amazonLinux, "bash", "sh"] : userlands.alpine;
}

/** Which image a container runs. */
export function scriptImage(reference: string): ScriptImage {
  if (/(^|\/)postgres:[^/]*-alpine/.test(reference)) return "postgres";
  if (reference.includes("/certctl-server:")) return "server";
  if (reference.includes("/certctl-agent:")) return "agent";
  if (reference.includes("/aws-cli:")) return "awsCli";
  throw new Error(`nobody knows the programs of ${reference}`);
}

/** Tests of scripts can be run with the programs of this machine, too: GNU's, and dash as the shell. */
const onThisMachine = process.env.CERTCTL_USERLAND === "gnu";

/** What PATH finds in an image, made in a folder; or, where the tests are run so, on this machine. */
export function makeUserland(image: ScriptImage, folder: string): string {
  return onThisMachine ? (process.env.PATH ?? "") : imageUserland(image, folder);
}

/** Makes the programs of an image's system in a folder, and no others. */
export function imageUserland(image: ScriptImage, folder: string): string {
  if (image === "awsCli")
    return made(folder, "amazon-linux", (place) => linkOwn(place, systemPrograms(image)));
  const system = made(folder, "alpine", (place) => linkBusybox(place, systemPrograms(image)));
  if (image === "postgres") return system;
  return [made(folder, "curl", (place) => linkOwn(place, ["curl"])), system].join(":");
}

/** Fills a folder once, for everybody to run programs from. */
function made(folder: string, name: string, fill: (place: string) => void): string {
  const place = join(folder, name);
  if (existsSync(place)) return place;
  mkdirSync(place, { recursive: true });
  fill(place);
  for (const one of [folder, place]) chmodSync(one, 0o755);
  return place;
}

const folders = ["/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"];

/** The programs of this machine with these names. */
function linkOwn(place: string, names: readonly string[]): void {
  for (const name of names) {
    const own = name === "sh" ? "bash" : name;
    const found = folders.map((folder) => join(folder, own)).find((file) => existsSync(file));
    if (found === undefined) throw new Error(`${own} is not on this machine`);
    symlinkSync(found, join(place, name));
  }
}

function linkBusybox(place: string, applets: readonly string[]): void {
  // The distribution's package and no other build: a static one prefers its own programs to those on PATH.
  const program = join(place, "busybox");
  copyFileSync(unpackedProgram("busybox", "busybox"), program);
  chmodSync(program, 0o755);
  // Builds of other versions may lack one or the other.
  const has = execFileSync(program, ["--list"], { encoding: "utf8" }).split("\n");
  for (const name of applets.filter((one) => has.includes(one))) symlinkSync("busybox", join(place, name));
}
