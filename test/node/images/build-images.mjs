import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { readJsonIfPresent } from "../../../scripts/lib/files.mjs";
import { withLock } from "../../../scripts/lib/lock.mjs";
import { formatDuration } from "../../../scripts/lib/log.mjs";
import { defaultCacheFolder } from "../../../toolchain/cache.mjs";
import { engines, nodeEngines } from "../../../toolchain/engines.mjs";
import { ensureToolchain } from "../../../toolchain/toolchain.mjs";
import { archives, describeImages, imagePrograms, imageTags } from "./images.mjs";
import { makeLayer, writeArchive } from "./oci.mjs";

/** @typedef {import("../../../scripts/lib/log.mjs").Log} Log */
/** @typedef {import("./images.mjs").ArchiveName} ArchiveName */
/** @typedef {import("./images.mjs").ImageName} ImageName */
/** @typedef {import("./images.mjs").LayerPlan} LayerPlan */
/** @typedef {import("./oci.mjs").Layer} Layer */

/**
 * How pods name an image: by its tag, or by what it holds.
 * @typedef {{ tag: string, digest: string, byDigest: string }} ImageReference
 */

/**
 * @typedef {object} BuiltImages
 * @property {Record<ImageName, ImageReference>} references of those that were asked for
 * @property {{ name: ArchiveName, file: string }[]} archives for `ctr images import`
 */

const keptDays = 3;

/** What every layer depends on. */
const sharedFiles = ["oci.mjs", "debian.mjs"].map((name) => fileURLToPath(new URL(name, import.meta.url)));

/**
 * Builds the images that are not in the cache, from packages of registries; no container registry is asked
 * for anything.
 * @param {object} [options]
 * @param {ArchiveName[]} [options.only] all unless given
 * @param {Log} [options.log]
 * @param {string} [options.cacheFolder]
 * @returns {Promise<BuiltImages>}
 */
export async function buildImages({
  only = archiveNames(),
  log = () => {},
  cacheFolder = defaultCacheFolder(),
} = {}) {
  const { engines: paths } = await ensureToolchain({
    engines: [...engines, ...nodeEngines],
    only: [...imagePrograms],
    log,
    cacheFolder,
  });
  const plans = describeImages(paths);
  const folder = join(cacheFolder, "images");
  const place = (/** @type {ArchiveName} */ name) =>
    join(folder, `${name}-${digest(archives[name].map((image) => imageInputs(plans[image])))}`);
  const missing = () => only.filter((name) => !existsSync(place(name)));

  if (missing().length > 0) {
    const onWait = (/** @type {{ pid: number }} */ { pid }) =>
      log(`Process ${pid} is building images; waiting for it.`);
    await withLock(join(cacheFolder, "images.lock"), { onWait }, async () => {
      mkdirSync(folder, { recursive: true });
      removeOld(folder);
      for (const name of missing()) {
        const since = Date.now();
        log.status?.(`building images: ${name}`);
        await buildArchive(
          archives[name].map((image) => plans[image]),
          { folder, place: place(name) },
        );
        log.status?.("");
        log(`  images ${archives[name].join(", ")}: built in ${formatDuration(Date.now() - since)}`);
      }
    });
  }
  const references = only.flatMap((name) => {
    markUsed(place(name));
    const digests = /** @type {string[]} */ (readJsonIfPresent(join(place(name), "digests.json")) ?? []);
    return archives[name].map((image, index) => [image, reference(imageTags[image], digests[index] ?? "")]);
  });
  return {
    references: Object.fromEntries(references),
    archives: only.map((name) => ({ name, file: join(place(name), "archive.tar") })),
  };
}

/**
 * @returns {Promise<Record<ImageName, ImageReference>>} of all images, which are built when they have to be
 */
export async function imageReferences() {
  return (await buildImages()).references;
}

/**
 * Removes what builds that were killed have left, and what nobody has built on for a while: each change of
 * the stand-ins makes new ones.
 * @param {string} folder
 */
function removeOld(folder) {
  const oldest = Date.now() - keptDays * 24 * 3_600_000;
  for (const name of readdirSync(folder)) {
    if (name.startsWith(".") || statSync(join(folder, name)).mtimeMs < oldest)
      rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** @param {string} folder */
function markUsed(folder) {
  utimesSync(folder, new Date(), new Date());
}

function archiveNames() {
  return /** @type {ArchiveName[]} */ (Object.keys(archives));
}

/**
 * @param {string} tag
 * @param {string} imageDigest
 * @returns {ImageReference}
 */
function reference(tag, imageDigest) {
  return { tag, digest: imageDigest, byDigest: `${tag.replace(/:[^/:]*$/, "")}@${imageDigest}` };
}

/**
 * @param {import("./images.mjs").ImagePlan[]} plans
 * @param {{ folder: string, place: string }} options
 */
async function buildArchive(plans, { folder, place }) {
  const work = mkdtempSync(join(folder, ".work-"));
  try {
    const images = [];
    for (const { tag, layers, config } of plans) {
      const built = [];
      for (const layer of layers) built.push(await ensureLayer(layer, folder));
      images.push({ names: [runtimeName(tag)], layers: built, config });
    }
    const output = join(work, "output");
    const layout = join(work, "layout");
    for (const one of [output, layout]) mkdirSync(one);
    const digests = await writeArchive(images, { file: join(output, "archive.tar"), workFolder: layout });
    writeFileSync(join(output, "digests.json"), JSON.stringify(digests));
    renameSync(output, place);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * @param {string} tag
 * @returns {string} with the registry that a short name stands for
 */
function runtimeName(tag) {
  return tag.includes("/") ? tag : `docker.io/library/${tag}`;
}

/**
 * @param {LayerPlan} plan
 * @param {string} folder
 * @returns {Promise<Layer>}
 */
async function ensureLayer(plan, folder) {
  const place = join(folder, `layer-${plan.name}-${digest(layerInputs(plan))}`);
  const file = join(place, "layer.tar");
  if (!existsSync(place)) {
    const work = mkdtempSync(join(folder, ".work-"));
    const umask = process.umask(0o022);
    try {
      const [root, workFolder, output] = ["root", "work", "output"].map((name) => join(work, name));
      if (root === undefined || workFolder === undefined || output === undefined)
        throw new Error("unreachable");
      for (const one of [root, workFolder, output]) mkdirSync(one);
      await plan.recipe({ root, workFolder });
      const { digest: layerDigest, size } = await makeLayer(root, join(output, "layer.tar"));
      writeFileSync(join(output, "layer.json"), JSON.stringify({ digest: layerDigest, size }));
      renameSync(output, place);
    } finally {
      process.umask(umask);
      rmSync(work, { recursive: true, force: true });
    }
  }
  markUsed(place);
  const { digest: layerDigest, size } = /** @type {Layer} */ (readJsonIfPresent(join(place, "layer.json")));
  return { file, digest: layerDigest, size };
}

/** @param {import("./images.mjs").ImagePlan} plan */
function imageInputs({ tag, layers, config }) {
  return [tag, config, layers.map(layerInputs)];
}

/** @param {LayerPlan} plan */
function layerInputs({ name, files, inputs }) {
  return [name, [...sharedFiles, ...files].map((file) => readFileSync(file, "utf8")), inputs];
}

/** @param {unknown} content */
function digest(content) {
  return createHash("sha256").update(JSON.stringify(content)).digest("hex").slice(0, 16);
}
