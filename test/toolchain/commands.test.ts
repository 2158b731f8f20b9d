import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RepositoryCopy } from "./support/copy";

describe("npm start, npm stop and npm run toolchain", () => {
  let copy: RepositoryCopy;
  before(() => (copy = new RepositoryCopy()));
  after(() => copy.remove());

  const commands = ["scripts/start.mjs", "scripts/stop.mjs", "toolchain/build.mjs"];

  /**
   * Runs a command that finds neither npm nor Go, so that nothing is installed or built, even if these tests
   * are wrong.
   */
  function run(args: string[]) {
    const env = { PATH: "/nowhere" };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: copy.folder,
      env,
      encoding: "utf8",
    });
    return { status, stdout, stderr };
  }

  for (const command of commands) {
    it(`${command} says in one sentence that Node.js is too old`, () => {
      const version = join(copy.folder, "version.cjs");
      writeFileSync(version, 'Object.defineProperty(process.versions, "node", { value: "18.20.4" });');
      assert.deepEqual(run(["--require", version, command]), {
        status: 1,
        stdout: "",
        stderr:
          "Node.js 20.19, 22.13, 24 or newer is needed, and this is 18.20.4: install a current one (https://nodejs.org) and run the command again.\n",
      });
    });

    it(`${command} --help says what it does and how it is called`, () => {
      const { status, stdout, stderr } = run([command, "--help"]);
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      assert.match(stdout, /^Usage: npm (start|stop|run toolchain) \[--/m);
    });

    it(`${command} refuses an option that it does not know`, () => {
      const { status, stdout, stderr } = run([command, "--stacks=dev"]);
      assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
      assert.match(stderr, /^Unknown option '--stacks'\. See --help\.\n$/);
    });
  }

  it("these, and those that run the tests, need no npm package to begin: on a fresh clone there is none", () => {
    const packages = join(copy.folder, "node_modules");
    renameSync(packages, `${packages}.aside`);
    const alone = ["bench", "build", "test", "test-node", "test-unit"].map((name) => `scripts/${name}.mjs`);
    const ended = [...commands, ...alone].map((command) => run([command, "--help"]));
    renameSync(`${packages}.aside`, packages);
    for (const { status, stdout, stderr } of ended) {
      assert.deepEqual({ status, stderr }, { status: 0, stderr: "" });
      assert.match(stdout, /^Usage: npm /);
    }
  });

  it("npm start with a stack that there is not lists the stacks, before anything is installed or built", () => {
    const stacks = join(copy.folder, "Pulumi.dev.yaml");
    assert.ok(existsSync(stacks));
    const { status, stdout, stderr } = run(["scripts/start.mjs", "--stack", "staging"]);
    assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
    assert.match(stderr, /^There is no stack "staging": the stacks are .*dev.*prod-ha.*\.\n$/);
    assert.ok(!existsSync(join(copy.folder, ".local")));
  });

  it("npm start says that Go is missing, before anything is installed", () => {
    const lockFile = join(copy.folder, "package-lock.json");
    const locked = readFileSync(lockFile);
    writeFileSync(
      lockFile,
      JSON.stringify({ packages: { "node_modules/not-installed": { version: "1.0.0" } } }),
    );
    const { status, stdout, stderr } = run(["scripts/start.mjs"]);
    writeFileSync(lockFile, locked);
    assert.deepEqual({ status, stdout }, { status: 1, stdout: "" });
    assert.match(stderr, /^Go is needed to build the toolchain, and there is none on PATH\. .*\n$/);
  });

  it("a command says in one sentence that the disk is full", () => {
    const module = JSON.stringify(join(copy.folder, "scripts/lib/command.cjs"));
    const error =
      'Object.assign(new Error("no space left on device, write"), { code: "ENOSPC", path: "/data/file" })';
    const program = `const { runCommand } = await import(${module}); await runCommand(async () => { throw ${error}; });`;
    assert.deepEqual(run(["--input-type=module", "--eval", program]), {
      status: 1,
      stdout: "",
      stderr: "The disk is full (/data/file): make room, and run the command again.\n",
    });
  });

  it("npm start -- --env says that there is no stack yet", () => {
    const { status, stderr } = run(["scripts/start.mjs", "--env"]);
    assert.deepEqual(
      { status, stderr },
      { status: 1, stderr: "There is no local stack yet: run npm start first.\n" },
    );
  });

  it("npm stop says that nothing was running, and succeeds", () => {
    assert.deepEqual(run(["scripts/stop.mjs"]), { status: 0, stdout: "Nothing was running.\n", stderr: "" });
  });

  it("npm stop -- --purge removes what npm start keeps, and nothing else", () => {
    const [stacks, other] = [join(copy.folder, ".local/stacks/dev"), join(copy.folder, ".local/other")];
    for (const folder of [stacks, other]) mkdirSync(folder, { recursive: true });
    const { status, stdout } = run(["scripts/stop.mjs", "--purge"]);
    assert.deepEqual(
      { status, stdout },
      { status: 0, stdout: "Nothing was running.\nRemoved what npm start had kept in .local.\n" },
    );
    assert.deepEqual([existsSync(stacks), existsSync(other)], [false, true]);
  });
});

describe("the local stack's configuration", () => {
  const load = async () =>
    (await import("../../scripts/local/stack-configuration.mjs")).mergeStackConfiguration;
  const secure = (value: string) => ({ secure: value });

  it("follows the repository's, and keeps secrets and what else was set locally", async () => {
    const merge = await load();
    const { merged, keys } = merge(
      {
        config: {
          "certctl:namespace": "new",
          "certctl:agents": { replicas: 3 },
          "certctl:apiKeys": { admin: "not set" },
        },
      },
      {
        encryptionsalt: "salt",
        config: {
          "certctl:namespace": "old",
          "certctl:encryptionKey": secure("x"),
          "certctl:apiKeys": { admin: secure("y") },
          "certctl:own": 1,
        },
      },
      ["certctl:namespace", "certctl:encryptionKey"],
    );
    assert.deepEqual(merged, {
      encryptionsalt: "salt",
      config: {
        "certctl:namespace": "new",
        "certctl:agents": { replicas: 3 },
        "certctl:encryptionKey": secure("x"),
        "certctl:apiKeys": { admin: secure("y") },
        "certctl:own": 1,
      },
    });
    assert.deepEqual(keys, ["certctl:namespace", "certctl:agents", "certctl:apiKeys"]);
  });

  it("drops what the repository's does not say any more", async () => {
    const merge = await load();
    assert.deepEqual(
      merge({ config: {} }, { config: { "certctl:gone": 1, "certctl:own": 2 } }, ["certctl:gone"]).merged
        .config,
      {
        "certctl:own": 2,
      },
    );
  });

  it("takes no secret of the repository's, which is encrypted with a key that is not here", async () => {
    const merge = await load();
    const { merged } = merge(
      {
        encryptionsalt: "theirs",
        config: { "certctl:encryptionKey": secure("theirs"), "certctl:namespace": "n" },
      },
      {},
      [],
    );
    assert.deepEqual(merged, { config: { "certctl:namespace": "n" } });
  });
});

describe("the report of an update", () => {
  async function report(...lines: (string | object)[]): Promise<string[]> {
    const { createUpdateReport } = await import("../../scripts/local/update-report.mjs");
    const said: string[] = [];
    const update = createUpdateReport((line: string) => said.push(line));
    for (const line of lines) update.output(typeof line === "string" ? line : JSON.stringify(line));
    update.error("warning: using pulumi-language-nodejs from $PATH at /somewhere");
    return said;
  }
  const step = (op: string, custom?: boolean) => ({
    metadata: {
      op,
      urn: "urn:pulumi:dev::certctl::kubernetes:apps/v1:Deployment::server",
      type: "kubernetes:apps/v1:Deployment",
      new: { custom },
    },
  });

  it("has a line for each object that was changed, and none for components and what stayed", async () => {
    const said = await report(
      { resourcePreEvent: step("create", true) },
      { resOutputsEvent: step("create", true) },
      { resOutputsEvent: step("create") },
      { resOutputsEvent: step("same", true) },
      { summaryEvent: { resourceChanges: { create: 2, same: 1 }, durationSeconds: 1 } },
    );
    assert.deepEqual(said, ["  Deployment server created (0.0 s)", "  2 created, 1 unchanged"]);
  });

  it("tells warnings and errors, but not that the toolchain's own plugins are on PATH", async () => {
    const urn = step("create").metadata.urn;
    const said = await report(
      { diagnosticEvent: { severity: "warning", message: "no backup is configured\n" } },
      { diagnosticEvent: { severity: "error", message: "Job failed\n", urn } },
      {
        diagnosticEvent: {
          severity: "warning",
          message: "using pulumi-resource-kubernetes from $PATH at /somewhere\n",
        },
      },
      { diagnosticEvent: { severity: "debug", message: "Registering resource\n" } },
      { diagnosticEvent: { severity: "info", message: "[1/2] waiting\n", urn, ephemeral: true } },
    );
    assert.deepEqual(said, ["  warning: no backup is configured", "  error: server: Job failed"]);
  });

  it("passes on what is no event", async () => {
    assert.deepEqual(await report("error: something else", "{not json"), [
      "error: something else",
      "{not json",
    ]);
  });
});
