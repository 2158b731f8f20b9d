/** The oldest Node.js that the commands run on: package.json's `engines` says the same. */
export const oldestNode = 20;

/**
 * @param {string} version as in process.versions.node
 * @returns {string | undefined} one sentence when this Node.js is too old
 */
export function nodeVersionProblem(version) {
  if (Number.parseInt(version, 10) >= oldestNode) return undefined;
  return `Node.js ${oldestNode} or newer is needed, and this is ${version}: install a current one (https://nodejs.org) and run the command again.`;
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
