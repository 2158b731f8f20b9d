import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { secrets as secretsCommand } from "../../scripts/secrets/command";
import { explain } from "../../scripts/stack/pulumi-cli";
import { CommandFolder, type Run } from "./commands";

/** A stack that lacks the server's certificate only. */
const withoutTls =
  "config:\n  certctl:databasePassword: { secure: a }\n  certctl:apiKeys: { secure: b }\n" +
  '  certctl:encryptionKey: { secure: "mine" }\n  certctl:existingSecrets: { issuingCa: corporate }\n';

describe("npm run secrets", function () {
  this.timeout(300_000);
  let folder: CommandFolder;
  let file: string;

  beforeEach(() => {
    folder = new CommandFolder();
    file = join(folder.path, "Pulumi.dev.yaml");
  });
  afterEach(() => folder.remove());

  function secrets(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
    return folder.call(secretsCommand, args, { PULUMI_OPTION_CONFIG_FILE: file, ...env });
  }

  it("sets what is missing through the CLI's stdin only, and a second run calls nothing", async () => {
    const first = await secrets(["dev"]);
    assert.deepEqual([first.code, first.stderr], [0, ""]);
    assert.match(first.stdout, /: 11 set, 0 there already\.\n {2}set {7}certctl:databasePassword\n/);
    const text = readFileSync(file, "utf8");
    const { config } = parse(text) as { config: Record<string, object> };
    assert.deepEqual(Object.keys(config["certctl:apiKeys"] ?? {}), ["admin", "enroll", "fleet", "metrics"]);

    assert.equal(folder.calls().length, 11);
    const visible =
      first.stdout +
      folder
        .calls()
        .flatMap(({ args }) => args)
        .join(" ");
    for (const { args, input } of folder.calls()) {
      assert.ok(input.length >= 48, `${args.join(" ")} got a value`);
      const values = input.split("\n").filter((line) => line.length > 20 && !line.startsWith("-----"));
      for (const value of values) assert.ok(!visible.includes(value));
    }

    const second = await secrets(["dev"]);
    assert.match(second.stdout, /: 0 set, 11 there already\./);
    assert.equal(folder.calls().length, 11);
    assert.equal(readFileSync(file, "utf8"), text);
  });

  it("a value that exists stays as it is, and one that is not needed is not made", async () => {
    writeFileSync(
      file,
      withoutTls.replace(
        "certctl:databasePassword: { secure: a }",
        "certctl:tls: { mode: existingSecret, existingSecret: { name: certificate } }",
      ),
    );
    const { stdout } = await secrets(["dev"]);
    assert.match(stdout, /set {7}certctl:databasePassword\n/);
    assert.match(stdout, /there {5}certctl:encryptionKey\n/);
    assert.match(stdout, /not used {2}certctl:caCertificate \(existingSecrets\.issuingCa is set\)\n/);
    assert.match(stdout, /not used {2}certctl:tlsCertificate \(tls\.mode is existingSecret\)\n/);
    const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
    assert.deepEqual(config["certctl:encryptionKey"], { secure: "mine" });
    assert.equal(config["certctl:tlsCertificate"], undefined);
  });

  it("the certificate names the Service in the stack's namespace, and the extra DNS names", async () => {
    writeFileSync(
      file,
      `${withoutTls}  certctl:namespace: pki\n  certctl:tls:\n    extraDnsNames: [certctl.example.com]\n`,
    );
    await secrets(["dev"]);
    const certificate =
      folder.calls().find(({ args }) => args.includes("certctl:tlsCertificate"))?.input ?? "";
    assert.equal(
      new X509Certificate(certificate).subjectAltName,
      "DNS:certctl-server, DNS:certctl-server.pki, DNS:certctl-server.pki.svc, DNS:certctl-server.pki.svc.cluster.local, DNS:certctl.example.com",
    );
  });

  it("a dry run says what is missing and calls nothing", async () => {
    const { code, stdout } = await secrets(["dev", "--dry-run"]);
    assert.equal(code, 0);
    assert.match(stdout, /: 11 missing, 0 there already\./);
    assert.equal(folder.calls().length, 0);
    assert.equal(existsSync(file), false);
  });

  it("a run that fails half-way sets nothing and leaves no other file", async () => {
    writeFileSync(file, withoutTls);
    const { code, stderr, stdout } = await secrets(["dev"], {
      FAKE_PULUMI_FAILS_AT: "2",
      FAKE_PULUMI_ERROR: "error: disk quota exceeded",
    });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^"pulumi config set --secret --raw certctl:tlsCertificate" failed: disk quota exceeded\n$/,
    );
    assert.equal(readFileSync(file, "utf8"), withoutTls);
    assert.deepEqual(readdirSync(folder.path).sort(), ["Pulumi.dev.yaml", "calls.json", "home"]);
  });

  it("the file may be named as an option", async () => {
    const other = join(folder.path, "other.yaml");
    writeFileSync(other, withoutTls);
    await secrets(["dev", "--config-file", other]);
    assert.match(readFileSync(other, "utf8"), /certctl:tlsCertificate:/);
    assert.equal(existsSync(file), false);
  });

  it("a problem is answered on stderr, without a stack and with exit code 1", () => {
    const run = folder.run("scripts/secrets.ts", []);
    assert.deepEqual(run, {
      code: 1,
      stdout: "",
      stderr: "Name one stack: npm run secrets -- dev. See --help.\n",
    });
  });

  for (const [what, options, text, sentence] of [
    ["an unknown option", ["--force"], "", /^Unknown option '--force'\. See --help\.$/],
    [
      "a lone half of a pair",
      [],
      "config: {certctl:tlsPrivateKey: {secure: a}}",
      /^certctl:tlsPrivateKey is set, but .*$/,
    ],
    [
      "a file that is not YAML",
      [],
      "config:\n  certctl:tls: [\n",
      /Pulumi\.dev\.yaml, line 3, column 1: this is not YAML: .*$/,
    ],
    ["a file that is no map", [], "- a\n", /is not a stack file: a map with the key "config" is expected\.$/],
    [
      "an unknown TLS mode",
      [],
      "config: {tls: {mode: own}}",
      /^tls\.mode: "own" is not one of provided, existingSecret, certManager\b.*$/,
    ],
    [
      "a file that imports environments",
      [],
      "environment: [prod]\n",
      /imports Pulumi ESC environments, which may hold secrets.*$/,
    ],
  ] as const) {
    it(`${what} is answered with one sentence`, async () => {
      writeFileSync(file, text);
      const { code, stdout, stderr } = await secrets(["dev", ...options]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr.trimEnd(), sentence);
      assert.equal(readFileSync(file, "utf8"), text);
    });
  }

  for (const [printed, sentence] of [
    [
      "error: no stack named 'dev' found",
      /^There is no stack "dev" in this Pulumi backend: create it with "npx pulumi stack init dev"/,
    ],
    [
      "error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or",
      /and none is given: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE/,
    ],
    [
      "error: incorrect passphrase",
      /^The passphrase is not the one that the secrets of "dev" are encrypted with/,
    ],
    [
      "error: PULUMI_ACCESS_TOKEN must be set for login",
      /^No Pulumi backend is chosen: log in with "npx pulumi login"/,
    ],
    [
      "Downloading pulumi v3.259.0...\npulumi: fetch failed",
      /^The Pulumi CLI could not be started \(fetch failed\): install it/,
    ],
    ["error: something new", /^"pulumi config set" failed: something new$/],
  ] as const) {
    it(`"${printed.split("\n")[0] ?? ""}" of the CLI becomes a sentence with the fix`, () => {
      assert.match(explain(["config", "set"], printed, "dev"), sentence);
    });
  }
});
