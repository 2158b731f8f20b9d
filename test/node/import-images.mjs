import { join } from "node:path";
import { readJsonIfPresent, writeFileAtomic } from "../../scripts/lib/files.mjs";
import { run } from "./commands.mjs";
import { enter } from "./namespaces.mjs";
import { containerdClient } from "./parts.mjs";

/**
 * Gives the container runtime those images that it does not have yet.
 * @param {string} stateDir
 * @param {import("./namespaces.mjs").Namespaces} namespaces
 * @param {import("./images/build-images.mjs").BuiltImages["archives"]} archives
 */
export async function importImages(stateDir, namespaces, archives) {
  const record = join(stateDir, "imported-images.json");
  const imported = /** @type {Record<string, string>} */ (readJsonIfPresent(record) ?? {});
  for (const { name, file } of archives) {
    if (imported[name] === file) continue;
    const { command, args } = enter(namespaces, [...containerdClient, "images", "import", file]);
    await run(command, args);
    imported[name] = file;
    writeFileAtomic(record, JSON.stringify(imported));
  }
}
