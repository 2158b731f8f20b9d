import { buffer } from "node:stream/consumers";
import { extract, pack } from "tar-stream";
import { UserError } from "../lib/user-error.cjs";
import { isArchivedKey } from "./archived-secrets";
import type { ArchivedSecret } from "./archived-secrets";

/** What an archive says of itself in `manifest.json`. */
export interface Manifest {
  format: 1;
  stack: string;
  /** Time in ISO 8601. */
  created: string;
  secrets: { key: string; file: string }[];
}

/** The content of an archive. */
export interface Archive {
  stack: string;
  created: Date;
  secrets: ArchivedSecret[];
}

/** Writes a tar archive: one file per secret, a README for people, and a manifest for `--import`. */
export async function packArchive({ stack, created, secrets }: Archive, readme: string): Promise<Uint8Array> {
  const entries = secrets.map(({ key, file }) => ({ key, file }));
  const manifest: Manifest = { format: 1, stack, created: created.toISOString(), secrets: entries };
  const tar = pack();
  const add = (name: string, text: string): void =>
    void tar.entry({ name, mode: 0o600, mtime: created }, text);
  add("README.md", readme);
  add("manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
  for (const { file, value } of secrets) add(file, value);
  tar.finalize();
  return buffer(tar);
}

/**
 * Reads an archive that `packArchive` has written. Anybody can encrypt for a recipient: what is in it is not
 * believed.
 */
export async function unpackArchive(tar: Uint8Array): Promise<Archive> {
  const files = await filesOf(tar).catch(() => new Map<string, string>());
  const { stack, created, secrets } = manifestOf(files.get("manifest.json"));
  return {
    stack,
    created: new Date(created),
    secrets: secrets.map(({ key, file }) => {
      if (!isArchivedKey(key))
        return refuse(`it holds ${JSON.stringify(key)}, which is no secret of a stack`);
      return { key, file, value: files.get(file) ?? refuse(`${file} is missing in it`) };
    }),
  };
}

async function filesOf(tar: Uint8Array): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  const reader = extract();
  reader.end(Buffer.from(tar));
  for await (const entry of reader) files.set(entry.header.name, (await buffer(entry)).toString("utf8"));
  return files;
}

function manifestOf(text: string | undefined): Manifest {
  if (text === undefined) return refuse("it has no manifest.json");
  try {
    const manifest = JSON.parse(text) as Partial<Manifest>;
    if (
      manifest.format === 1 &&
      Array.isArray(manifest.secrets) &&
      !Number.isNaN(Date.parse(manifest.created ?? ""))
    ) {
      return manifest as Manifest;
    }
  } catch {
    // Refused like a manifest of another form.
  }
  return refuse("its manifest.json is of another version");
}

function refuse(reason: string): never {
  throw new UserError(`The file is not an archive of "npm run secrets -- <stack> --export": ${reason}.`);
}
