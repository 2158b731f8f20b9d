import { readFileSync } from "node:fs";

/** @typedef {{ major: number, minor: number, andNewer: boolean }} Line of Node.js: its oldest version that works */

const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
const lines = nodeLines(/** @type {{ engines: { node: string } }} */ (JSON.parse(manifest)).engines.node);

/** What package.json's `engines` says, in words. */
export const neededNode = `Node.js ${lines.map(words).join(", ")} or newer`;

/**
 * @param {string} version as in process.versions.node
 * @returns {string | undefined} one sentence when this Node.js is too old
 */
export function nodeVersionProblem(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  if (lines.some((line) => takes(line, { major, minor }))) return undefined;
  return `${neededNode} is needed, and this is ${version}: install a current one (https://nodejs.org) and run the command again.`;
}

/**
 * Ends the process with one sentence when its Node.js is too old. Commands call it before they load anything
 * else.
 */
export function requireNode() {
  const problem = nodeVersionProblem(process.versions.node);
  if (problem === undefined) return;
  process.stderr.write(`${problem}\n`);
  process.exit(1);
}

/**
 * No package is there yet that reads ranges. This reads the two kinds that `engines` has, "^20.19.0" and
 * ">=24.0.0".
 * @param {string} range
 * @returns {Line[]}
 */
function nodeLines(range) {
  return range.split(" || ").map((part) => {
    const [, sign, major, minor] = /^(\^|>=)(\d+)\.(\d+)\.0$/.exec(part) ?? [];
    if (sign === undefined)
      throw new Error(`package.json: "${part}" of engines.node is no "^20.19.0" or ">=24.0.0"`);
    return { major: Number(major), minor: Number(minor), andNewer: sign === ">=" };
  });
}

/**
 * @param {Line} line
 * @param {{ major: number, minor: number }} version
 */
function takes(line, { major, minor }) {
  return (line.andNewer && major > line.major) || (major === line.major && minor >= line.minor);
}

/** @param {Line} line */
function words({ major, minor }) {
  return minor === 0 ? `${major}` : `${major}.${minor}`;
}
