import assert from "node:assert/strict";
import { defineCommand } from "../../scripts/lib/command-line.cjs";
import { execute } from "../../scripts/lib/command.cjs";
import { UserError } from "../../scripts/lib/user-error.cjs";

/**
 * @param {import("../../scripts/lib/command.cjs").Command} command
 * @param {string[]} args
 */
async function run(command, ...args) {
  const said = { stdout: "", stderr: "" };
  const code = await execute(command, args, {
    stdout: (text) => void (said.stdout += text),
    stderr: (text) => void (said.stderr += text),
  });
  return { code, ...said };
}

const options = /** @type {const} */ ({
  from: { type: "string", value: "FILE", help: "what is read" },
  tag: { type: "string", value: "TAG", multiple: true, help: "may be repeated" },
  dry: { type: "boolean", help: "change nothing" },
});

describe("a command line", () => {
  const copy = defineCommand(
    { call: "npm run copy", about: "Copies.", options },
    async ({ options: { from = "nothing", tag = [], dry } }, output) =>
      output.stdout([from, ...tag, dry ? "dry" : "wet"].join(" ")),
  );

  it("hands on what was given", async () => {
    const { code, stdout } = await run(copy, "--from", "a", "--tag=b", "--tag", "c", "--dry");
    assert.deepEqual([code, stdout], [0, "a b c dry"]);
  });

  it("has a help text that is made of the options, and --help runs nothing", async () => {
    assert.deepEqual(await run(copy, "--help", "--dry"), {
      code: 0,
      stdout: `Usage: npm run copy [-- --from FILE] [--tag TAG]... [--dry]

Copies.

  --from FILE  what is read
  --tag TAG    may be repeated
  --dry        change nothing
  --help       print this text
`,
      stderr: "",
    });
  });

  it("has a line of usage for each way to use it, with the argument, and a last paragraph", async () => {
    const forms = [{ options: ["dry"] }, { mode: "from", options: ["tag"] }];
    const command = defineCommand(
      { call: "npm run copy", argument: "<stack>", about: "Copies.", options, forms, note: "Slowly." },
      async ({ words }, output) => output.stdout(words.join("+")),
    );
    const { stdout } = await run(command, "--help");
    const [first, second] = stdout.split("\n");
    assert.equal(first, "Usage: npm run copy -- <stack> [--dry]");
    assert.equal(second, "       npm run copy -- <stack> --from FILE [--tag TAG]...");
    assert.match(stdout, /\n\nSlowly\.\n$/);
    assert.equal((await run(command, "dev", "prod")).stdout, "dev+prod");
  });

  it("tells what each word does, and how a program other than npm is called", async () => {
    const words = { start: "starts it", stop: "ends it" };
    const command = defineCommand({ call: "node cli.mjs", about: "It.", words, options: {} }, async () => 3);
    const { stdout } = await run(command, "--help");
    assert.match(
      stdout,
      /^Usage: node cli\.mjs start\|stop\n\nIt\.\n\n {2}start {2}starts it\n {2}stop {3}ends/,
    );
    assert.equal((await run(command, "start")).code, 3);
  });

  it("wraps its help text at 100 columns, below the column where a text begins", async () => {
    const help = "many words ".repeat(30).trim();
    const command = defineCommand(
      { call: "npm run copy", about: help, options: { option: { type: "boolean", help } } },
      async () => undefined,
    );
    const { stdout } = await run(command, "--help");
    const lines = stdout.split("\n");
    assert.ok(lines.length > 8 && lines.every((line) => line.length <= 100), stdout);
    assert.match(stdout, /\n {2}--option {2}many words .*\n {12}(many|words) /);
  });

  for (const [what, args, sentence] of /** @type {[string, string[], string][]} */ ([
    ["an unknown option", ["--form"], "Unknown option '--form'. See --help.\n"],
    ["a missing value", ["--from"], "Option '--from <value>' argument missing. See --help.\n"],
    [
      "a value that looks like an option",
      ["--from", "--dry"],
      "Option '--from' argument is ambiguous. See --help.\n",
    ],
    ["a value where none is taken", ["--dry=x"], "Option '--dry' does not take an argument. See --help.\n"],
    ["a word where none is taken", ["dev"], "Unexpected argument 'dev'. See --help.\n"],
  ])) {
    it(`${what} is answered with one line, and nothing runs`, async () => {
      assert.deepEqual(await run(copy, ...args), { code: 1, stdout: "", stderr: sentence });
    });
  }
});

describe("the end of a command", () => {
  it("is what it returns, or 0", async () => {
    assert.equal((await run(async () => 7)).code, 7);
    assert.equal((await run(async () => undefined)).code, 0);
  });

  it("is the message of an error for the user, without a stack, and its exit code", async () => {
    const interrupted = Object.assign(new UserError("Interrupted."), { exitCode: 130 });
    const fail = () => Promise.reject(interrupted);
    assert.deepEqual(await run(fail), { code: 130, stdout: "", stderr: "Interrupted.\n" });
  });

  it("is the stack of any other error, which is a defect", async () => {
    const { code, stderr } = await run(() => Promise.reject(new TypeError("no function")));
    assert.equal(code, 1);
    assert.match(stderr, /^TypeError: no function\n +at /);
  });
});
