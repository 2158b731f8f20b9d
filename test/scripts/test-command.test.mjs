import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { areInstalled } from "../../scripts/test/dependencies.mjs";
import { createGoTestReport } from "../../scripts/test/go-test.mjs";
import { Interrupted } from "../../scripts/lib/foreground.mjs";
import { runSteps } from "../../scripts/test/main.mjs";
import { runMocha } from "../../scripts/test/mocha.mjs";
import { root } from "../../scripts/test/processes.mjs";
import { steps } from "../../scripts/test/steps.mjs";
import { testFiles } from "../../scripts/test/test-files.mjs";

/** @typedef {import("../../scripts/test/steps.mjs").Step} Step */
/** @typedef {import("../../scripts/test/steps.mjs").Counts} Counts */

describe("npm test", () => {
  /** @type {string} */
  let folder;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "certctl-test-command-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  describe("steps", () => {
    /** @type {(suite: string, title: string, run: (log: (line: string) => void) => Counts | Promise<Counts>, isSetUp?: boolean) => Step} */
    const step = (suite, title, run, isSetUp = false) => ({
      suite,
      title,
      lane: "computes",
      isSetUp,
      run: async (log) => run(log),
    });
    /** @type {(passed: number, failed: number, skipped?: number) => () => Counts} */
    const counts = (passed, failed, skipped) => () => ({ passed, failed, skipped });

    /**
     * @param {{ everything: boolean }} options
     * @param {Step[]} steps
     */
    async function runWith(options, ...steps) {
      /** @type {string[]} */
      const lines = [];
      const code = await runSteps(steps, (line) => lines.push(line), options);
      return { code, lines, last: lines.at(-1) };
    }
    const run = (/** @type {Step[]} */ ...steps) => runWith({ everything: false }, ...steps);

    it("the last line adds up what passed and failed, and the exit code is 0 when nothing failed", async () => {
      const { code, last } = await run(
        step("a", "first", counts(3, 0)),
        step("b", "second", counts(4, 0, 2)),
      );
      assert.deepEqual([code, last], [0, "7 passed, 0 failed"]);
    });

    it("a step that fails does not stop the others, and the exit code is 1", async () => {
      const { code, lines, last } = await run(
        step("a", "first", counts(3, 2)),
        step("b", "second", counts(4, 0)),
      );
      assert.deepEqual([code, last], [1, "7 passed, 2 failed"]);
      assert.ok(lines.some((line) => line.startsWith("── second: 4 passed, 0 failed (")));
    });

    it("a step that throws is one failure, with its reason", async () => {
      const broken = step("a", "broken", () => {
        throw new Error("no Go");
      });
      const { code, lines, last } = await run(broken, step("b", "second", counts(1, 0)));
      assert.deepEqual([code, last], [1, "1 passed, 1 failed"]);
      assert.ok(lines.some((line) => line.includes("no Go")));
    });

    it("a suite that ran no test is a failure", async () => {
      const { code, last } = await run(step("a", "empty", counts(0, 0)), step("b", "second", counts(1, 0)));
      assert.deepEqual([code, last], [1, "1 passed, 1 failed"]);
    });

    it("a set-up that fails is counted once, and the rest of its suite is not run", async () => {
      let ran = false;
      const after = step("engine", "tests", () => {
        ran = true;
        return { passed: 1, failed: 0 };
      });
      const { code, last } = await run(
        step("engine", "toolchain", counts(0, 1), true),
        after,
        step("b", "other", counts(1, 0)),
      );
      assert.deepEqual([code, last, ran], [1, "1 passed, 1 failed", false]);
    });

    const node = () => [
      { ...step("node", "node", counts(0, 1), true), unavailable: () => "this is no Linux" },
      step("node", "tests of the node", counts(5, 0)),
    ];

    it("a suite that cannot run here is left out, and one line says why", async () => {
      const { code, lines, last } = await run(...node(), step("b", "other", counts(1, 0)));
      assert.deepEqual([code, last], [0, "1 passed, 0 failed"]);
      assert.equal(lines.filter((line) => line.includes("not run, because this is no Linux")).length, 1);
    });

    it("a suite that cannot run in CI is a failure there", async () => {
      const { code, last } = await runWith({ everything: true }, ...node(), step("b", "other", counts(1, 0)));
      assert.deepEqual([code, last], [1, "1 passed, 1 failed"]);
    });

    describe("of different lanes", () => {
      /** Two steps, of which each says that it began, and something more when it may end. */
      function pair() {
        /** @type {Record<string, () => void>} */
        const finish = {};
        /** @type {(title: string, lane: "computes" | "waits", failed?: number) => Step} */
        const slow = (title, lane, failed = 0) => ({
          ...step("a", title, async (log) => {
            log(`${title} began`);
            await new Promise((resolve) => (finish[title] = () => resolve(undefined)));
            log(`${title} ended`);
            return { passed: 1, failed };
          }),
          lane,
        });
        return { finish, slow };
      }
      const soon = () => new Promise((resolve) => setImmediate(resolve));
      /** @param {string[]} lines */
      const said = (lines) => lines.filter((line) => / (began|ended)$/.test(line));

      it("run side by side, and what the second says waits until the first has ended", async () => {
        const { finish, slow } = pair();
        /** @type {string[]} */
        const lines = [];
        const done = runSteps([slow("one", "computes"), slow("two", "waits")], (line) => lines.push(line));
        await soon();
        assert.deepEqual(Object.keys(finish), ["one", "two"]);
        finish.two?.();
        await soon();
        assert.deepEqual(said(lines), ["one began"]);
        finish.one?.();
        assert.equal(await done, 0);
        assert.deepEqual(said(lines), ["one began", "one ended", "two began", "two ended"]);
        assert.equal(lines.at(-1), "2 passed, 0 failed");
      });

      it("add up, and what failed is shown whichever ended first", async () => {
        const { finish, slow } = pair();
        /** @type {string[]} */
        const lines = [];
        const done = runSteps([slow("one", "computes"), slow("two", "waits", 2)], (line) => lines.push(line));
        await soon();
        finish.two?.();
        finish.one?.();
        assert.equal(await done, 1);
        assert.equal(lines.at(-1), "2 passed, 2 failed");
        assert.ok(lines.some((line) => line.startsWith("── two: 1 passed, 2 failed (")));
      });

      it("are all waited for when one is interrupted, and begin nothing more", async () => {
        const { finish, slow } = pair();
        const interrupted = step("b", "interrupted", () => {
          throw new Interrupted("SIGINT", "Interrupted.");
        });
        /** @type {string[]} */
        const lines = [];
        let ended = false;
        const done = runSteps(
          [
            interrupted,
            step("b", "next", counts(1, 0)),
            slow("two", "waits"),
            {
              ...step("b", "after two", counts(1, 0)),
              lane: "waits",
            },
          ],
          (line) => lines.push(line),
        ).catch((error) => {
          ended = true;
          return error.message;
        });
        await soon();
        assert.equal(ended, false);
        finish.two?.();
        assert.equal(await done, "Interrupted.");
        assert.deepEqual(said(lines), ["two began", "two ended"]);
        assert.ok(!lines.some((line) => line.includes("next") || line.includes("after two")));
      });
    });

    it("a set-up that works is no test", async () => {
      const { code, last } = await run(
        step("engine", "toolchain", counts(0, 0), true),
        step("engine", "tests", counts(1, 0)),
      );
      assert.deepEqual([code, last], [0, "1 passed, 0 failed"]);
    });
  });

  describe("go test", () => {
    /** @param {object[]} events */
    function report(...events) {
      /** @type {string[]} */
      const lines = [];
      const { counts, onLine } = createGoTestReport((line) => lines.push(line));
      for (const event of events) onLine(JSON.stringify(event));
      return { counts, text: lines.join("\n") };
    }

    it("counts tests that passed, failed and were skipped, and prints what failed ones said", () => {
      const { counts, text } = report(
        { Action: "output", Package: "p", Test: "TestGood", Output: "fine\n" },
        { Action: "pass", Package: "p", Test: "TestGood" },
        { Action: "output", Package: "p", Test: "TestBad", Output: "    x_test.go:3: wrong\n" },
        { Action: "fail", Package: "p", Test: "TestBad" },
        { Action: "skip", Package: "p", Test: "TestOther" },
        { Action: "fail", Package: "p" },
        { Action: "pass", Package: "q" },
      );
      assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 });
      assert.equal(text, "    x_test.go:3: wrong\nFAIL  p\nok    q");
    });

    it("a package that does not compile is a failure, with the compiler's words", () => {
      const { counts, text } = report(
        { Action: "build-output", ImportPath: "p [p.test]", Output: "p/x.go:1: undefined: y\n" },
        { Action: "build-fail", ImportPath: "p [p.test]" },
        { Action: "output", Package: "p", Output: "FAIL\tp [build failed]\n" },
        { Action: "fail", Package: "p", FailedBuild: "p [p.test]" },
      );
      assert.deepEqual(counts, { passed: 0, failed: 1, skipped: 0 });
      assert.match(text, /undefined: y/);
    });

    it("a process that ends in the middle of a test is a failure", () => {
      const { counts } = report(
        { Action: "pass", Package: "p", Test: "TestGood" },
        { Action: "run", Package: "p", Test: "TestExit" },
        { Action: "output", Package: "p", Output: "exit status 3\n" },
        { Action: "fail", Package: "p" },
      );
      assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 0 });
    });
  });

  describe("mocha", function () {
    this.timeout(300_000);

    /**
     * Runs a test file in a process of its own.
     * @param {string} text
     */
    async function mocha(text) {
      const file = join(folder, "some.test.mjs");
      writeFileSync(file, text);
      /** @type {string[]} */
      const lines = [];
      const counts = await runMocha({ specs: [file], cwd: folder }, (line) => lines.push(line));
      return { report: lines.join("\n"), counts };
    }

    it("counts what its reporter saw, and still prints each test", async () => {
      const { counts, report } = await mocha(
        'it("good", () => {}); it("bad", () => { throw new Error("x"); }); it.skip("later", () => {});',
      );
      assert.deepEqual(counts, { passed: 1, failed: 1, skipped: 1 });
      assert.match(report, /good/);
    });

    it("a file that cannot be loaded is a failure", async () => {
      const { counts, report } = await mocha('import "./absent.mjs";');
      assert.deepEqual(counts, { passed: 0, failed: 1 });
      assert.match(report, /Cannot find module/);
    });

    it("a process that ends in the middle is a failure", async () => {
      const { counts } = await mocha('it("good", () => {}); it("exit", () => process.exit(0));');
      assert.equal(counts.failed, 1);
    });

    it("a forgotten .only is a failure", async () => {
      const { counts } = await mocha('it.only("one", () => {}); it("other", () => {});');
      assert.equal(counts.failed, 1);
    });
  });

  describe("test files", () => {
    it("are each in exactly one suite", () => {
      const inSuites = steps.flatMap(({ files = [] }) => files);
      assert.deepEqual([...inSuites].sort(), testFiles(["test"]));
    });

    it("that take longest begin first, and the others follow by path", () => {
      const files = testFiles(["test/scripts", "test/age"], { first: ["test/scripts/secrets.test.ts"] });
      assert.deepEqual(files.slice(0, 2), ["test/scripts/secrets.test.ts", "test/age/age.test.ts"]);
      assert.equal(new Set(files).size, files.length);
    });

    it("that are named and not there are an error: nothing is left out silently", () => {
      assert.throws(() => testFiles(["test/age"], { first: ["test/age/gone.test.ts"] }), /gone\.test\.ts/);
    });
  });

  describe("npm packages", () => {
    /**
     * @param {Record<string, object>} wanted
     * @param {Record<string, object> | undefined} installed
     */
    function folderWith(wanted, installed) {
      writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ packages: { "": {}, ...wanted } }));
      mkdirSync(join(folder, "node_modules"), { recursive: true });
      if (installed !== undefined)
        writeFileSync(
          join(folder, "node_modules/.package-lock.json"),
          JSON.stringify({ packages: installed }),
        );
      return folder;
    }

    it("are there when each has the version of package-lock.json; optional ones may be absent", () => {
      const a = { "node_modules/a": { version: "1.0.0" } };
      assert.equal(
        areInstalled(folderWith({ ...a, "node_modules/b": { version: "2.0.0", optional: true } }, a)),
        true,
      );
    });

    it("are missing when an installation did not end", () => {
      assert.equal(areInstalled(folderWith({ "node_modules/a": { version: "1.0.0" } }, undefined)), false);
    });

    it("are outdated when one is missing or has another version", () => {
      const wanted = { "node_modules/a": { version: "1.0.0" } };
      assert.equal(areInstalled(folderWith(wanted, {})), false);
      assert.equal(areInstalled(folderWith(wanted, { "node_modules/a": { version: "0.9.0" } })), false);
    });
  });

  describe("command line", () => {
    const command = (/** @type {string[]} */ ...args) =>
      spawnSync(process.execPath, [join(root, "scripts/test.mjs"), ...args], { encoding: "utf8" });

    it("--help names the suites", () => {
      const { status, stdout } = command("--help");
      assert.equal(status, 0);
      assert.match(stdout, /lint, types, generated, unit, alerts, contract, engine/);
    });

    it("an unknown suite is answered with one sentence", () => {
      const { status, stderr } = command("--only", "everything");
      assert.equal(status, 1);
      assert.match(stderr, /^There is no suite "everything"; there are .*\.\n$/);
    });
  });
});
