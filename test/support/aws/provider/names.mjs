// Pulumi says `kmsMasterKeyId`, the APIs `KMSMasterKeyID`: one rule and these exceptions translate a whole
// tree, both ways.
const exceptions = {
  id: "ID",
  kmsMasterKeyId: "KMSMasterKeyID",
  sseAlgorithm: "SSEAlgorithm",
  replicaKmsKeyId: "ReplicaKmsKeyID",
};
const reversed = Object.fromEntries(Object.entries(exceptions).map(([ours, theirs]) => [theirs, ours]));

/** @param {any} value */
export const toApi = (value) => mapKeys(value, exceptions, (initial) => initial.toUpperCase());
/** @param {any} value */
export const fromApi = (value) => mapKeys(value, reversed, (initial) => initial.toLowerCase());

/**
 * @param {any} value
 * @param {Record<string, string>} special
 * @param {(initial: string) => string} initially
 * @returns {any}
 */
function mapKeys(value, special, initially) {
  if (Array.isArray(value)) return value.map((item) => mapKeys(item, special, initially));
  if (value === null || typeof value !== "object") return value;
  const rename = (/** @type {string} */ key) => special[key] ?? initially(key.charAt(0)) + key.slice(1);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [rename(key), mapKeys(item, special, initially)]),
  );
}

/** @param {Record<string, string>} [tags] */
export function tagList(tags = {}) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** @param {{ Key?: string, Value?: string }[]} list */
export function tagMap(list) {
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}
