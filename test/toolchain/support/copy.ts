import { cpSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const root = resolve(__dirname, "../../..");

/**
 * A copy of the repository, so that its `npm start` and `npm stop` do not touch what the user has running in
 * the real one.
 */
export class RepositoryCopy {
  public readonly folder = mkdtempSync(join(tmpdir(), "certctl-copy-"));

  public constructor() {
    const left = ["node_modules", ".local", ".git", "dist"].map((name) => join(root, name));
    // Tests that run beside this one let Python write its caches, and rename them into place.
    const isLeft = (path: string): boolean => left.includes(path) || basename(path) === "__pycache__";
    cpSync(root, this.folder, { recursive: true, filter: (path) => !isLeft(path) });
    symlinkSync(join(root, "node_modules"), join(this.folder, "node_modules"));
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
