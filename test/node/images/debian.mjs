import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands.mjs";

/** Links of a Debian root: packages put files on both sides of them. */
const mergedFolders = ["bin", "lib", "sbin"];

/**
 * Makes the folders that every root has. A layer on top of another has them, too, or it would replace links
 * by folders.
 * @param {string} root
 */
export function makeSkeleton(root) {
  for (const folder of [
    "dev",
    "etc",
    "home",
    "proc",
    "root",
    "run",
    "sys",
    "tmp",
    "usr/local/bin",
    "usr/local/lib",
    "var/lib",
    "usr/lib64",
  ]) {
    mkdirSync(join(root, folder), { recursive: true });
  }
  for (const folder of mergedFolders) {
    mkdirSync(join(root, "usr", folder), { recursive: true });
    symlinkSync(`usr/${folder}`, join(root, folder));
  }
  symlinkSync("usr/lib64", join(root, "lib64"));
  symlinkSync("../run", join(root, "var/run"));
  chmodSync(join(root, "tmp"), 0o1777);
}

/**
 * Unpacks packages of this machine's distribution into a root. Nothing is installed: no script of theirs
 * runs.
 * @param {string} root
 * @param {string[]} packages
 * @param {{ dependencies?: boolean, without?: RegExp, workFolder: string }} options `dependencies`: with all
 * they need, apart from those
 *   that are there already or are for their installation only
 */
export async function unpackPackages(root, packages, { dependencies = false, without = /^$/, workFolder }) {
  const wanted = dependencies
    ? (await withDependencies(packages)).filter((name) => !without.test(name))
    : packages;
  const folder = join(workFolder, "packages");
  mkdirSync(folder, { recursive: true });
  const download = () =>
    run("apt-get", ["-q", "-o", "APT::Sandbox::User=root", "download", ...wanted], { cwd: folder });
  try {
    await download();
  } catch {
    // The list of packages is missing or of last week.
    await run("apt-get", ["update", "-q"]);
    await download();
  }
  for (const file of readdirSync(folder).sort()) {
    await run("sh", [
      "-c",
      `dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink -C "$2"`,
      "sh",
      join(folder, file),
      root,
    ]);
  }
  rmSync(folder, { recursive: true });
  const waste = ["bug", "doc", "info", "initramfs-tools", "lintian", "locale", "man"].map(
    (name) => `usr/share/${name}`,
  );
  // Conversions between character sets that nothing here has.
  for (const folder of [...waste, "usr/lib/x86_64-linux-gnu/gconv"])
    rmSync(join(root, folder), { recursive: true, force: true });
}

/**
 * @param {string[]} packages
 * @returns {Promise<string[]>}
 */
async function withDependencies(packages) {
  const only = ["recommends", "suggests", "conflicts", "breaks", "replaces", "enhances"].map(
    (kind) => `--no-${kind}`,
  );
  const text = await run("apt-cache", ["depends", "--recurse", ...only, ...packages]);
  return [...new Set(text.split("\n").filter((line) => /^[a-z0-9]/.test(line)))];
}

/**
 * A link for each of these applets, and for no other that the distribution's busybox has besides.
 * @param {string} root
 * @param {string[]} applets
 */
export async function linkBusybox(root, applets) {
  if (!existsSync(join(root, "usr/bin/busybox"))) throw new Error("busybox is not in /usr/bin");
  const has = (await run("chroot", [root, "/bin/busybox", "--list"])).trim().split("\n");
  for (const applet of applets.filter((one) => has.includes(one)))
    symlinkSync("busybox", join(root, "usr/bin", applet));
}

/**
 * @param {string} root
 * @param {Record<string, number>} users number of each user and of the group with its name
 */
export function writeUsers(root, users) {
  const all = Object.entries({ root: 0, ...users, nobody: 65534 });
  writeFileSync(
    join(root, "etc/passwd"),
    all.map(([name, id]) => `${name}:x:${id}:${id}:${name}:/:/bin/sh\n`).join(""),
  );
  writeFileSync(join(root, "etc/group"), all.map(([name, id]) => `${name}:x:${id}:\n`).join(""));
  writeFileSync(join(root, "etc/nsswitch.conf"), "passwd: files\ngroup: files\nhosts: files dns\n");
}
