import { execFileSync } from "node:child_process";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../scripts/lib/user-error.cjs";
import { cachedFolder, defaultCacheFolder } from "./cache.mjs";
import { withoutAddresses } from "./compile.mjs";
import { defaultModulesFolder, goEnvironment, moduleFiles } from "./go.mjs";

/**
 * The CustomResourceDefinitions of other products whose kinds an instance can use, one row per Go module that
 * has them as files. As all files that controller-gen writes, each is called `<group>_<plural>.yaml`.
 */
const sources = [
  {
    module: "github.com/cert-manager/cert-manager",
    folder: "deploy/crds",
    files: ["cert-manager.io_certificates.yaml"],
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    folder: "example/prometheus-operator-crd",
    files: ["monitoring.coreos.com_prometheusrules.yaml", "monitoring.coreos.com_servicemonitors.yaml"],
  },
  {
    module: "sigs.k8s.io/gateway-api",
    folder: "config/crd/standard",
    files: [
      "gateway.networking.k8s.io_backendtlspolicies.yaml",
      "gateway.networking.k8s.io_httproutes.yaml",
      "gateway.networking.k8s.io_tlsroutes.yaml",
    ],
  },
];

/**
 * The files of the definitions. The first call on a machine fetches the modules, whose content go.sum pins,
 * and copies the files out of them.
 * @param {object} [options]
 * @param {string} [options.cacheFolder]
 * @param {(line: string) => void} [options.log]
 * @returns {string[]} paths
 */
export function ensureDefinitions({ cacheFolder = defaultCacheFolder(), log = () => {} } = {}) {
  const moduleFolder = join(defaultModulesFolder, "definitions");
  const folder = cachedFolder(
    join(cacheFolder, "definitions"),
    "kinds",
    [sources, moduleFiles(moduleFolder)],
    (target) => {
      log("Fetching the definitions of other products' kinds.");
      const folders = moduleFolders(moduleFolder);
      for (const source of sources) {
        for (const file of source.files)
          copyFileSync(join(folders.get(source.module) ?? "", source.folder, file), join(target, file));
      }
    },
  );
  return sources.flatMap(({ files }) => files.map((file) => join(folder, file)));
}

/**
 * @param {string} moduleFolder
 * @returns {Map<string, string>} where Go keeps each module
 */
function moduleFolders(moduleFolder) {
  const modules = sources.map(({ module }) => module);
  try {
    go(moduleFolder, "mod", "download", ...modules);
    const lines = go(moduleFolder, "list", "-mod=readonly", "-m", "-f", "{{.Path}} {{.Dir}}", ...modules)
      .trim()
      .split("\n");
    return new Map(lines.map((line) => /** @type {[string, string]} */ (line.split(" "))));
  } catch (error) {
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    throw new UserError(
      `The definitions of other products' kinds could not be fetched: ${withoutAddresses(stderr?.trim() ?? `${error}`)}`,
    );
  }
}

/**
 * @param {string} cwd
 * @param {string[]} args
 */
function go(cwd, ...args) {
  return execFileSync("go", args, {
    cwd,
    env: goEnvironment(),
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
