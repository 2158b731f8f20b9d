import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { render as renderCommand } from "../../scripts/render/command";
import { renderStack, toYaml, type Manifest } from "../../scripts/render/render-stack";
import { CommandFolder, type Run } from "./commands";

const root = join(__dirname, "../..");

describe("npm run render", function () {
  this.timeout(300_000);
  let folder: CommandFolder;
  before(() => (folder = new CommandFolder()));
  after(() => folder.remove());

  function render(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
    return folder.call(renderCommand, args, env);
  }

  function stackFile(name: string, text: string): string {
    const path = join(folder.path, name);
    writeFileSync(path, text);
    return path;
  }

  /** What is said on stderr where nothing is rendered. */
  async function refusal(args: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await render(args);
    assert.deepEqual([code, stdout], [1, ""]);
    return stderr.trimEnd();
  }

  for (const stack of ["dev", "prod-ha"]) {
    it(`the stack ${stack} is rendered, without a word on stderr but warnings`, async () => {
      const { code, stdout, stderr } = await render([stack]);
      assert.equal(code, 0);
      const documents = parseAllDocuments(stdout, { version: "1.1" }).map(
        (document) => document.toJS() as Manifest,
      );
      const kinds = documents.map(({ kind }) => kind);
      for (const kind of ["Namespace", "Secret", "ConfigMap", "StatefulSet", "Job", "Deployment", "Service"])
        assert.ok(kinds.includes(kind), kind);
      const others = stderr.split("\n").filter((line) => line !== "" && !line.startsWith("warning: "));
      assert.deepEqual(others, []);
    });
  }

  it("an empty configuration renders a whole instance, the same each time, with the namespace first", async () => {
    const [first, second] = [await renderStack({}), await renderStack({})];
    assert.equal(toYaml(first), toYaml(second));
    assert.equal(first[0]?.kind, "Namespace");
    const names = first.map(({ kind, metadata }) => `${kind}/${metadata.namespace ?? ""}/${metadata.name}`);
    assert.equal(new Set(names).size, names.length);
    const position = (kind: string): number => first.findIndex((manifest) => manifest.kind === kind);
    assert.ok(position("StatefulSet") < position("Job") && position("Job") < position("Deployment"));
  });

  it("an encrypted secret and a missing one are placeholders, in Secrets only", async () => {
    const manifests = await renderStack({ "certctl:databasePassword": { secure: "v1:ciphertext" } });
    const secrets = manifests.filter(({ kind }) => kind === "Secret");
    assert.ok(toYaml(secrets).includes("<secret certctl:databasePassword>"));
    assert.ok(toYaml(secrets).includes("<secret certctl:encryptionKey>"));
    const others = toYaml(manifests.filter(({ kind }) => kind !== "Secret"));
    const found = [...others.matchAll(/<secret certctl:(\w+)/g)].map(([, key]) => key);
    assert.deepEqual([...new Set(found)], ["tlsCaCertificate"]);
    assert.ok(!toYaml(manifests).includes("ciphertext"));
  });

  it("a bad configuration prints each problem on a line of stderr, and nothing on stdout", () => {
    const { code, stdout, stderr } = folder.run("scripts/render.ts", [
      stackFile("bad.yaml", "config:\n  certctl:agnts: {}\n  certctl:server: { replicas: many }\n"),
    ]);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.equal(
      stderr,
      'agnts: unknown key; did you mean agents?\nserver.replicas: "many" is not a whole number\n',
    );
  });

  it("a secret that stands in the file in clear text is refused, without its value", async () => {
    const file = stackFile("clear.yaml", "config:\n  certctl:databasePassword: hunter2hunter2\n");
    const text = await refusal([file]);
    assert.match(text, /^databasePassword: is stored in clear text; .*$/);
    assert.ok(!text.includes("hunter2"));
  });

  for (const [what, args, sentence] of [
    ["an unknown stack", ["staging"], /^There is no stack or stack file "staging"; .*$/],
    ["a missing file", ["absent.yaml"], /^There is no stack or stack file "absent\.yaml"; .*$/],
    ["nothing", [], /^Name one stack or stack file: .*$/],
    ["an unknown option", ["dev", "--secrets"], /^Unknown option '--secrets'\. See --help\.$/],
  ] as const) {
    it(`${what} is answered with one sentence`, async () => {
      assert.match(await refusal(args), sentence);
    });
  }

  it("a file that is not YAML is answered with the place", async () => {
    const file = stackFile("broken.yaml", "config:\n  certctl:server: [\n");
    assert.match(await refusal([file]), /broken\.yaml, line 3, column 1: this is not YAML: .*$/);
  });

  it("a file is found in the directory that npm was called in, too", async () => {
    stackFile("mine.yaml", "config:\n  certctl:namespace: mine\n");
    const { code, stdout } = await render(["mine.yaml"], { INIT_CWD: folder.path });
    assert.equal(code, 0);
    assert.match(stdout, /^---\napiVersion: v1\nkind: Namespace\nmetadata:\n {2}name: mine\n/);
  });

  it("--show-secrets prints what is set, and placeholders for the rest", async () => {
    const printed = { "certctl:databasePassword": { value: "p/a#s?s%41@1:'\" x-and-more", secret: true } };
    const file = stackFile("Pulumi.shown.yaml", "config:\n  certctl:databasePassword: { secure: a }\n");
    const { code, stdout, stderr } = await render([file, "--show-secrets"], {
      FAKE_PULUMI_CONFIG: JSON.stringify(printed),
    });
    assert.deepEqual([code, stderr.replace(/^warning: .*\n/gm, "")], [0, ""]);
    assert.ok(!stdout.includes("<secret certctl:databasePassword>"));
    assert.ok(stdout.includes("<secret certctl:encryptionKey>"));
    const values = parseAllDocuments(stdout).map((document) => document.getIn(["stringData", "password"]));
    assert.ok(values.includes(printed["certctl:databasePassword"].value));
    assert.deepEqual(folder.calls().at(-1)?.args.slice(0, 7), [
      "config",
      "--show-secrets",
      "--json",
      "--stack",
      "shown",
      "--config-file",
      file,
    ]);
  });

  it("--show-secrets of a file that names no stack asks for one", async () => {
    const file = stackFile("any.yaml", "config: {}\n");
    assert.equal(
      await refusal([file, "--show-secrets"]),
      "To show secrets, name the stack whose key decrypts them: --stack NAME.",
    );
  });

  it("a reader that has seen enough ends it quietly", async () => {
    const script = [
      "--require",
      "ts-node/register",
      "scripts/render.ts",
      stackFile("piped.yaml", "config: {}\n"),
    ];
    const child = spawn(process.execPath, script, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    child.stdout.destroy();
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    const [code] = (await once(child, "close")) as [number | null];
    assert.deepEqual([code, stderr.replace(/^warning: .*\n/gm, "")], [0, ""]);
  });
});
