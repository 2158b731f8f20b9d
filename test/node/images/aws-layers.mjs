import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../commands.mjs";
import { inSystemLayer } from "./base-layers.mjs";
import { makeSkeleton, unpackPackages } from "./debian.mjs";

/** @typedef {import("./base-layers.mjs").LayerRecipe} LayerRecipe */

export const requirements = fileURLToPath(new URL("aws-requirements.txt", import.meta.url));

const packages = "usr/local/lib/awscli";
/** Services whose commands are kept: descriptions of all of them are 120 MB. */
const services = ["kms", "s3", "s3control", "sso", "sso-oidc", "sts"];
/** Services without which the CLI does not start. */
const always = ["codedeploy", "config", "sagemaker-runtime", "sdb", "sms-voice"];
/** What Python needs to be installed, but not to run. */
const installers = /^(dpkg|install-info|libgdbm.*|libperl.*|mailcap|media-types|mime-support|perl.*|tar)$/;
const launcher = `#!/bin/sh
PYTHONPATH=/${packages} exec python3 -m awscli "$@"
`;

/** @type {LayerRecipe} */
export async function pythonLayer({ root, workFolder }) {
  makeSkeleton(root);
  await unpackPackages(root, ["python3"], {
    workFolder,
    dependencies: true,
    without: new RegExp(`${inSystemLayer.source}|${installers.source}`),
  });
}

/** @type {LayerRecipe} */
export async function awsLayer({ root }) {
  makeSkeleton(root);
  mkdirSync(join(root, packages), { recursive: true });
  const platform = [
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
    "--abi=none",
    "--platform=manylinux2014_x86_64",
  ];
  const options = [
    "--quiet",
    "--disable-pip-version-check",
    "--no-compile",
    "--no-deps",
    "--only-binary=:all:",
    "--require-hashes",
    ...platform,
  ];
  await run("pip3", ["install", ...options, "--target", join(root, packages), "--requirement", requirements]);
  const data = join(root, packages, "awscli/botocore/data");
  for (const entry of readdirSync(data, { withFileTypes: true })) {
    if (entry.isDirectory() && ![...services, ...always].includes(entry.name))
      rmSync(join(data, entry.name), { recursive: true });
  }
  rmSync(join(root, packages, "awscli/examples"), { recursive: true });
  writeFileSync(join(root, "usr/local/bin/aws"), launcher);
  chmodSync(join(root, "usr/local/bin/aws"), 0o755);
}
