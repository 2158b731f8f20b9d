import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { root } from "./processes.mjs";

/**
 * The test files below some folders, by path.
 * @param {string[]} folders
 * @param {{ without?: string[], first?: string[] }} [options] without: folders that are left out; first: files
 * that take longest, and so begin before the others
 * @returns {string[]}
 */
export function testFiles(folders, { without = [], first = [] } = {}) {
  const found = folders
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((path) =>
        relative(root, join(root, folder, path)).replaceAll("\\", "/"),
      ),
    )
    .filter((path) => /\.test\.(ts|mjs)$/.test(path))
    .filter((path) => !without.some((folder) => path.startsWith(`${folder}/`)))
    .sort();
  const missing = first.filter((path) => !found.includes(path));
  if (missing.length > 0) throw new Error(`There is no test file ${missing.join(", ")}.`);
  return [...first, ...found.filter((path) => !first.includes(path))];
}
