import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { engines, runs, Workshop } from "./support/workshop";

describe("the toolchain builder", () => {
  let workshop: Workshop;
  beforeEach(() => (workshop = new Workshop()));
  afterEach(() => workshop.remove());

  const all = engines.map((engine) => engine.package).sort();

  it("builds each engine once, and a second call compiles nothing and says nothing", async () => {
    const first = await workshop.build();
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual(workshop.compiled.sort(), all);
    const second = await workshop.build();
    assert.deepEqual(workshop.compiled.sort(), all);
    assert.equal(second.stderr, "");
    assert.equal(second.stdout, first.stdout);
  });

  it("tells the start and the end of each engine, and how many are done", async () => {
    const { stderr } = await workshop.build();
    for (const { name } of engines) {
      assert.match(stderr, new RegExp(`^  ${name}: building$`, "m"));
      assert.match(stderr, new RegExp(`^  ${name}: built in [0-9.]+ s \\(\\d of 4 done\\)$`, "m"));
    }
    assert.match(stderr, /\(4 of 4 done\)/);
  });

  it("builds one engine after the other: what two share would be compiled twice at the same time", async () => {
    await workshop.build({ FAKE_GO_SECONDS: "0.1" });
    const events = workshop.journal.map((entry) => `${entry.event} ${entry.package}`);
    assert.deepEqual(
      events,
      engines.flatMap((engine) => [`start ${engine.package}`, `end ${engine.package}`]),
    );
  });

  it("says in one sentence that Go is missing", async () => {
    const { code, stderr } = await workshop.build({ PATH: workshop.folder });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "Go is needed to build the toolchain, and there is none on PATH. Install a current Go (https://go.dev/dl) and run the command again.\n",
    );
  });

  it("says in one sentence that Go is too old, by the newest go directive of the modules", async () => {
    writeFileSync(join(workshop.modulesFolder, "second/go.mod"), "module example.test/second\n\ngo 1.26.0\n");
    const { code, stderr } = await workshop.build({ FAKE_GO_VERSION: "go1.25.11" });
    assert.equal(code, 1);
    assert.equal(
      stderr,
      "Go 1.26.0 or newer is needed to build the toolchain, and the one on PATH is 1.25.11. " +
        "Install a current Go (https://go.dev/dl) and run the command again.\n",
    );
    assert.deepEqual(workshop.compiled, []);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`leaves nothing half-made when ${signal} ends it, and the next run goes on`, async () => {
      const build = workshop.start({ FAKE_GO_SECONDS: "60" });
      const compilers = await workshop.compilersStarted(1);
      build.process.kill(signal);
      const { code, stderr } = await build.result;
      assert.equal(code, signal === "SIGINT" ? 130 : 143);
      assert.match(stderr, /The build was interrupted\. What was finished is kept/);
      assert.deepEqual(workshop.cached, []);
      assert.deepEqual(compilers.filter(runs), []);
      const next = await workshop.build();
      assert.equal(next.code, 0, next.stderr);
    });
  }

  it("clears away what a killed build has left, its compilers, too", async () => {
    const build = workshop.start({ FAKE_GO_SECONDS: "60" });
    const compilers = await workshop.compilersStarted(1);
    build.process.kill("SIGKILL");
    await build.result;
    assert.deepEqual(compilers.filter(runs), compilers);
    assert.match(workshop.cached.join(" "), /^\.one-\S+ lock$/);
    const next = await workshop.build();
    assert.equal(next.code, 0, next.stderr);
    assert.deepEqual(compilers.filter(runs), []);
    assert.match(workshop.cached.join(" "), /^bin-\S+ four-\S+ one-\S+ pulumi-home-\S+ three-\S+ two-\S+$/);
  });

  it("names the engine that does not compile, shows the end of the compiler's output without addresses, and keeps what was finished", async () => {
    const { code, stderr } = await workshop.build({
      FAKE_GO_FAILS: "example.test/three",
      FAKE_GO_SAYS: "main.go:3: undefined: x (https://user:secret@proxy.test/mod)",
      FAKE_GO_SECONDS: "0.1",
    });
    const log = join(workshop.logsFolder, "three.log");
    assert.equal(code, 1);
    assert.ok(
      stderr.endsWith(
        `three could not be built (go build: 1). The end of its output (${log}):\n    main.go:3: undefined: x (https://…/mod)\n`,
      ),
      stderr,
    );
    assert.match(readFileSync(log, "utf8"), /undefined: x/);
    assert.ok(
      !workshop.cached.some((name) => name.startsWith(".") || name === "lock" || name.startsWith("three")),
      String(workshop.cached),
    );
    const next = await workshop.build();
    assert.equal(next.code, 0, next.stderr);
    assert.equal(workshop.compiled.filter((name) => name === "example.test/three").length, 2);
  });

  it("says in one sentence that the disk is full", async () => {
    const { code, stderr } = await workshop.build({
      FAKE_GO_FAILS: "example.test/one",
      FAKE_GO_SAYS: "write /cache/x: no space left on device",
      FAKE_GO_SECONDS: "0.1",
    });
    assert.equal(code, 1);
    assert.match(stderr, /^one could not be built: the disk is full\. .*CERTCTL_PULUMI_CACHE.*one\.log\.$/m);
  });

  it("lets a second build wait for the first, and compiles nothing twice", async () => {
    const first = workshop.start({ FAKE_GO_SECONDS: "0.3" });
    await workshop.compilersStarted(1);
    const second = await workshop.build();
    assert.equal(second.code, 0, second.stderr);
    assert.match(
      second.stderr,
      new RegExp(
        `^Process ${String(first.process.pid)} is building the toolchain in .*; waiting for it\\.$`,
        "m",
      ),
    );
    assert.equal((await first.result).stdout, second.stdout);
    assert.deepEqual(workshop.compiled.sort(), all);
  });

  it("takes over the lock of a process that is gone, even when another process has its number by now", async () => {
    mkdirSync(workshop.cacheFolder);
    writeFileSync(
      join(workshop.cacheFolder, "lock"),
      JSON.stringify({ pid: process.pid, startedAt: "at another time" }),
    );
    const { code, stderr } = await workshop.build();
    assert.equal(code, 0, stderr);
    assert.ok(!workshop.cached.includes("lock"));
  });

  it("builds an engine anew when a file of its module changes, and no other", async () => {
    await workshop.build();
    const before = workshop.compiled.length;
    writeFileSync(join(workshop.modulesFolder, "second/go.sum"), "example.test/dependency v1.0.0 h1:x=\n");
    await workshop.build();
    assert.deepEqual(workshop.compiled.slice(before), ["example.test/three"]);
  });

  it("builds anew with another minor version of Go, and keeps what a patch version made", async () => {
    await workshop.build({ FAKE_GO_VERSION: "go1.98.1" });
    await workshop.build({ FAKE_GO_VERSION: "go1.98.2" });
    assert.equal(workshop.compiled.length, 4);
    await workshop.build({ FAKE_GO_VERSION: "go1.99.0" });
    assert.equal(workshop.compiled.length, 8);
  });

  it("copies the files that an engine needs out of Go's module cache, writable", async () => {
    const source = join(workshop.folder, "module/stages/pod");
    mkdirSync(source, { recursive: true });
    writeFileSync(join(source, "ready.yaml"), "kind: Stage\n", { mode: 0o444 });
    chmodSync(source, 0o555);
    const files = { module: "example.test/module", folder: "stages", as: "copied" };
    const { stdout, stderr } = await workshop.build(
      { FAKE_GO_MODULE_FOLDER: join(workshop.folder, "module") },
      { engines: [{ name: "kwok", module: "third", package: ".", files }] },
    );
    chmodSync(source, 0o755);
    assert.ok(stdout, stderr);
    const { kwokStages } = JSON.parse(stdout) as { kwokStages: string };
    assert.equal(readFileSync(join(kwokStages, "pod/ready.yaml"), "utf8"), "kind: Stage\n");
    assert.ok(statSync(join(kwokStages, "pod")).mode & 0o200);
  });

  it("builds only the engines that are asked for, and refuses one that there is not", async () => {
    await workshop.build({}, { only: ["three", "four"] });
    assert.deepEqual(workshop.compiled.sort(), [".", "example.test/three"]);
    const { code, stderr } = await workshop.build({}, { only: ["three", "thre"] });
    assert.equal(code, 1);
    assert.equal(stderr, "There is no engine thre; there are one, two, three, four.\n");
  });

  it("puts the CLI where the npm package pulumi looks for it, and the rest of what commands need on PATH", async () => {
    const { stdout } = await workshop.build();
    const { pulumiHome, bin, pulumiBin } = JSON.parse(stdout) as Record<string, string>;
    assert.ok(pulumiHome && bin && pulumiBin);
    const { pulumiVersion } = await import("../../toolchain/engines.mjs");
    const installed = JSON.parse(readFileSync(require.resolve("pulumi/package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(pulumiVersion, installed.version);
    assert.equal(pulumiBin, join(pulumiHome, "versions", installed.version, "bin"));
    assert.equal(readFileSync(join(pulumiBin, "one"), "utf8"), "built example.test/one");
    assert.equal(readFileSync(join(bin, "two"), "utf8"), "built example.test/two");
    assert.ok(!existsSync(join(bin, "three")));
  });
});
