import { createHash } from "node:crypto";
import { createReadStream, linkSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../commands.mjs";

/**
 * A layer of images: a tar archive, named by its hash.
 * @typedef {{ file: string, digest: string, size: number }} Layer
 */

/**
 * @typedef {object} Image
 * @property {string[]} names as the container runtime knows it, such as `docker.io/library/postgres:16-alpine`
 * @property {Layer[]} layers
 * @property {ImageConfig} config
 */

/**
 * What a container of the image starts as.
 * @typedef {object} ImageConfig
 * @property {string[]} [Entrypoint]
 * @property {string[]} [Cmd]
 * @property {string[]} [Env]
 * @property {string} [User]
 * @property {string} [WorkingDir]
 * @property {string} [StopSignal]
 */

const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const platform = { architecture: "amd64", os: "linux" };
const mediaType = (/** @type {string} */ kind) => `application/vnd.oci.image.${kind}.v1+json`;

/** The same files give the same bytes: names in order, no times, numbers for owners. */
const sameBytes = [
  "--sort=name",
  "--mtime=@0",
  "--numeric-owner",
  "--format=posix",
  "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
];

/**
 * @param {string} folder what the layer adds, with owners and modes as they should be
 * @param {string} file where to write it
 * @returns {Promise<Layer>}
 */
export async function makeLayer(folder, file) {
  await run("tar", [...sameBytes, "-C", folder, "-cf", file, "."]);
  return { file, digest: await digestOfFile(file), size: statSync(file).size };
}

/**
 * Writes images into one archive, as `ctr images import` reads it.
 * @param {Image[]} images
 * @param {{ file: string, workFolder: string }} options
 * @returns {Promise<string[]>} digest of each image
 */
export async function writeArchive(images, { file, workFolder }) {
  const blobs = join(workFolder, "blobs", "sha256");
  mkdirSync(blobs, { recursive: true });
  const addBlob = (/** @type {unknown} */ content) => {
    const text = JSON.stringify(content);
    const digest = createHash("sha256").update(text).digest("hex");
    writeFileSync(join(blobs, digest), text);
    return { digest: `sha256:${digest}`, size: text.length };
  };
  const added = new Set();
  const manifests = images.flatMap(({ names, layers, config }) => {
    for (const layer of layers) {
      if (!added.has(layer.digest)) linkSync(layer.file, join(blobs, layer.digest.replace("sha256:", "")));
      added.add(layer.digest);
    }
    const configuration = addBlob({
      ...platform,
      created: "1970-01-01T00:00:00Z",
      config: { WorkingDir: "/", ...config, Env: [path, ...(config.Env ?? [])] },
      rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    });
    const manifest = addBlob({
      schemaVersion: 2,
      mediaType: mediaType("manifest"),
      config: { mediaType: mediaType("config"), ...configuration },
      layers: layers.map(({ digest, size }) => ({
        mediaType: "application/vnd.oci.image.layer.v1.tar",
        digest,
        size,
      })),
    });
    // The second name is for pods that name the image by its digest.
    return names
      .flatMap((name) => [name, `${name.replace(/:[^/:]*$/, "")}@${manifest.digest}`])
      .map((name) => ({
        mediaType: mediaType("manifest"),
        ...manifest,
        platform,
        annotations: { "io.containerd.image.name": name },
      }));
  });
  writeFileSync(join(workFolder, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  writeFileSync(
    join(workFolder, "index.json"),
    JSON.stringify({ schemaVersion: 2, mediaType: mediaType("index"), manifests }),
  );
  await run("tar", [...sameBytes, "-C", workFolder, "-cf", file, "oci-layout", "index.json", "blobs"]);
  return images.map(({ names }) => {
    const own = manifests.find(({ annotations }) => annotations["io.containerd.image.name"] === names[0]);
    return own?.digest ?? "";
  });
}

/**
 * @param {string} file
 * @returns {Promise<string>}
 */
function digestOfFile(file) {
  return new Promise((resolve, reject) => {
    const hash = createHash("sha256");
    createReadStream(file)
      .on("error", reject)
      .on("data", (chunk) => hash.update(chunk))
      .on("end", () => resolve(`sha256:${hash.digest("hex")}`));
  });
}
