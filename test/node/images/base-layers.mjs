import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { linkBusybox, makeSkeleton, unpackPackages, writeUsers } from "./debian.mjs";

/**
 * How a layer is made. `root` is an empty folder, `workFolder` another that is thrown away.
 * @typedef {(options: { root: string, workFolder: string }) => Promise<void>} LayerRecipe
 */

/** @type {{ alpine: string[], amazonLinux: string[] }} the programs of the images' systems */
export const userlands = JSON.parse(
  readFileSync(new URL("../../support/userlands.json", import.meta.url), "utf8"),
);

/** What every image has. */
const libraries = ["libc-bin", "libc6", "libgcc-s1", "zlib1g"];
/** GNU's programs and bash, with what they need. */
const gnuPackages = [
  "bash",
  "coreutils",
  "libacl1",
  "libattr1",
  "libgmp10",
  "libpcre2-8-0",
  "libselinux1",
  "libtinfo6",
];
/** For layers on top of it. */
export const inSystemLayer = new RegExp(`^(busybox|${libraries.join("|")}|gcc-.*-base)$`);

/** Users of all images: those of the official ones. */
const users = { certctl: 1000, postgres: 70 };

/**
 * The C library and busybox, with the applets that Alpine's has: the system of PostgreSQL's and certctl's
 * images.
 * @type {LayerRecipe}
 */
export async function alpineLayer({ root, workFolder }) {
  makeSkeleton(root);
  await unpackPackages(root, ["busybox", ...libraries], { workFolder });
  await linkBusybox(root, userlands.alpine);
  writeUsers(root, users);
}

/**
 * The C library, bash as the shell, and coreutils: what scripts find in Amazon Linux.
 * @type {LayerRecipe}
 */
export async function amazonLinuxLayer({ root, workFolder }) {
  makeSkeleton(root);
  await unpackPackages(root, [...libraries, ...gnuPackages], { workFolder });
  symlinkSync("bash", join(root, "usr/bin/sh"));
  writeUsers(root, users);
}

/**
 * curl, for scripts that ask servers for something.
 * @type {LayerRecipe}
 */
export async function curlLayer({ root, workFolder }) {
  makeSkeleton(root);
  await unpackPackages(root, ["curl"], { workFolder, dependencies: true, without: inSystemLayer });
}
