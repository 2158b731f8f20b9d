import { linkBusybox, makeSkeleton, unpackPackages, writeUsers } from "./debian.mjs";

/**
 * How a layer is made. `root` is an empty folder, `workFolder` another that is thrown away.
 * @typedef {(options: { root: string, workFolder: string }) => Promise<void>} LayerRecipe
 */

/** What every image has. */
const systemPackages = ["busybox", "libc-bin", "libc6", "libgcc-s1", "zlib1g"];
/** For layers on top of it. */
export const inSystemLayer = new RegExp(`^(${systemPackages.join("|")}|gcc-.*-base)$`);

/** Users of all images: those of the official ones. */
const users = { certctl: 1000, postgres: 70 };

/**
 * The C library and busybox, as a shell and the usual tools.
 * @type {LayerRecipe}
 */
export async function systemLayer({ root, workFolder }) {
  makeSkeleton(root);
  await unpackPackages(root, systemPackages, { workFolder });
  await linkBusybox(root);
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
