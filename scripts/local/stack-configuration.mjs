/**
 * A stack file's content, as Pulumi has it.
 * @typedef {object} StackConfiguration
 * @property {Record<string, unknown>} [config]
 * @property {string} [secretsprovider]
 * @property {string} [encryptedkey]
 * @property {string} [encryptionsalt]
 */

/**
 * The configuration for the local stack: what the repository says, and what was set here, the generated
 * secrets above all. Secrets of the repository's file are left out: they are encrypted with a key that is not
 * here.
 * @param {StackConfiguration} committed
 * @param {StackConfiguration} local of an earlier start, or empty
 * @param {string[]} previousKeys those that came from the repository at that start: what it does not say any
 * more goes
 * @returns {{ merged: StackConfiguration, keys: string[] }} `keys`: those that come from the repository now
 */
export function mergeStackConfiguration(committed, local, previousKeys) {
  const { encryptionsalt } = local;
  const set = Object.entries(local.config ?? {}).filter(
    ([key, value]) => hasSecret(value) || !previousKeys.includes(key),
  );
  const secrets = set.filter(([, value]) => hasSecret(value));
  const repository = Object.entries(committed.config ?? {}).filter(([, value]) => !hasSecret(value));
  return {
    merged: {
      ...(encryptionsalt === undefined ? {} : { encryptionsalt }),
      config: Object.fromEntries([...set, ...repository, ...secrets]),
    },
    keys: repository.map(([key]) => key),
  };
}

/**
 * @param {unknown} value
 * @returns {boolean} whether it is, or has in it, what `pulumi config set --secret` writes
 */
function hasSecret(value) {
  if (typeof value !== "object" || value === null) return false;
  return ("secure" in value && typeof value.secure === "string") || Object.values(value).some(hasSecret);
}
