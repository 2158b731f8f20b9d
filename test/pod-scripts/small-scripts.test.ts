import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import type { SpawnSyncReturns } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeUserland } from "../support/userland";
import type { ScriptImage } from "../support/userland";

const source = join(__dirname, "../../src");

describe("scripts that run before a program starts, with the programs of their images,", function () {
  this.timeout(30_000);
  const folder = mkdtempSync(join(tmpdir(), "certctl-small-"));
  const shims = join(folder, "shims");
  before(() => {
    mkdirSync(shims);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a script, in which `from` stands for a path of this machine. */
  function run(
    file: string,
    image: ScriptImage,
    env: Record<string, string>,
    [from, to]: [string, string] = ["/nowhere", "/nowhere"],
  ): SpawnSyncReturns<string> {
    const text = readFileSync(join(source, file), "utf8").replaceAll(from, to);
    const path = [shims, makeUserland(image, join(folder, image))].join(":");
    return spawnSync("sh", ["-c", text], { env: { PATH: path, ...env }, encoding: "utf8" });
  }

  /** A pg_isready that answers with these codes, one after the other, and with the last for ever. */
  function isReady(...codes: number[]): void {
    const calls = join(folder, "calls");
    writeFileSync(calls, "");
    const answers = codes.map((code, index) => `${String(index)}) exit ${String(code)} ;;`).join(" ");
    const script = `set -- $(cat ${calls})\necho once >> ${calls}\ncase $# in ${answers} *) exit ${String(codes.at(-1))} ;; esac`;
    writeFileSync(join(shims, "pg_isready"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(shims, "pg_isready"), 0o755);
  }

  const database = { PGHOST: "db", PGPORT: "5432" };

  it("wait for PostgreSQL as long as it does not answer", () => {
    isReady(2, 1, 0);
    const { status, stdout, stderr } = run("database/wait-for-database.sh", "postgres", database);
    assert.equal(status, 0, stderr);
    assert.match(
      stdout,
      /^(waiting for PostgreSQL at db:5432, \d s so far\n){2}PostgreSQL .* accepts connections\n$/,
    );
  });

  it("give way when PostgreSQL cannot be asked, and when it has not answered for the time that is set", () => {
    isReady(3);
    const wrong = run("database/wait-for-database.sh", "postgres", database);
    assert.equal(wrong.stderr, "PostgreSQL at db:5432 does not answer (pg_isready: 3, after 0 s)\n");
    isReady(2);
    const late = run("database/wait-for-database.sh", "postgres", { ...database, WAIT_LIMIT: "2" });
    assert.equal(late.stderr, "PostgreSQL at db:5432 does not answer (pg_isready: 2, after 2 s)\n");
    assert.deepEqual([wrong.status, late.status], [0, 0]);
  });

  it("give a new state directory of a node to the agent's user, once", function () {
    if (process.getuid?.() !== 0) return this.skip();
    const state = join(folder, "state");
    mkdirSync(state, { mode: 0o755 });
    const own = (): void => {
      const { status, stderr } = run("agents/own-state.sh", "agent", {}, ["/state", state]);
      assert.equal(status, 0, stderr);
    };
    own();
    assert.deepEqual(
      [statSync(state).uid, statSync(state).gid, statSync(state).mode & 0o777],
      [1000, 1000, 0o700],
    );
    chmodSync(state, 0o750);
    own();
    assert.equal(statSync(state).mode & 0o777, 0o750);
  });
});
