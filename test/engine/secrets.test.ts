import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { certificatesOf } from "../../scripts/secrets/certificates";
import { root, run, useEngine } from "./support/engine";
import type { Answer } from "./support/engine";

describe("npm run secrets with the real CLI", function () {
  this.timeout(900_000);
  let folder: string;
  let file: string;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    const engine = await useEngine();
    folder = mkdtempSync(join(engine.workFolder, "secrets-"));
    file = join(folder, "Pulumi.any.yaml");
    env = { ...engine.env, PULUMI_CONFIG_PASSPHRASE: "a passphrase" };
    // The CLI writes a file beside Pulumi.yaml when it makes a stack.
    const project = join(folder, "project");
    mkdirSync(project);
    copyFileSync(join(root, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
    const made = await run("pulumi", ["stack", "init", "with-secrets"], env, { cwd: project });
    assert.equal(made.code, 0, made.text);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function command(
    script: "secrets" | "render",
    args: string[],
    variables: NodeJS.ProcessEnv = env,
  ): Promise<Answer> {
    return run("npm", ["run", "--silent", script, "--", ...args], variables, { cwd: root });
  }

  async function secrets(...args: string[]): Promise<Answer> {
    return command("secrets", ["with-secrets", "--config-file", file, ...args]);
  }

  async function decrypted(key: string): Promise<string> {
    const path = key.includes(".") ? ["--path"] : [];
    const answer = await run(
      "pulumi",
      ["config", "get", ...path, key, "--stack", "with-secrets", "--config-file", file],
      env,
      {
        cwd: root,
      },
    );
    assert.equal(answer.code, 0, answer.text);
    return answer.stdout;
  }

  it("an unknown stack is answered with the command that makes it", async () => {
    const { code, stderr } = await command("secrets", ["nowhere", "--config-file", file]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^There is no stack "nowhere" in this Pulumi backend: create it with "npx pulumi stack init nowhere".*\n$/,
    );
  });

  it("a missing passphrase is answered with the variable to set", async () => {
    const without = { ...env, PULUMI_CONFIG_PASSPHRASE: undefined };
    const { code, stderr } = await command("secrets", ["with-secrets", "--config-file", file], without);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^The secrets of "with-secrets" are encrypted with a passphrase, and none is given: set PULUMI_CONFIG_PASSPHRASE .*\n$/,
    );
  });

  it("a backend that was never chosen is answered with the command that chooses it", async () => {
    const without = {
      ...env,
      PULUMI_BACKEND_URL: undefined,
      PULUMI_HOME: env.PULUMI_HOME,
      // npm may leave its own folder there.
      HOME: join(folder, "project"),
      PULUMI_ACCESS_TOKEN: undefined,
    };
    const { code, stderr } = await command("secrets", ["with-secrets", "--config-file", file], without);
    assert.equal(code, 1);
    assert.match(stderr, /^No Pulumi backend is chosen: log in with "npx pulumi login".*\n$/);
  });

  it("what is missing is set, encrypted; comments and values of the file stay", async () => {
    writeFileSync(
      file,
      "config:\n  # The team's own.\n  certctl:namespace: pki # theirs\n  certctl:apiKeys:\n    metrics: not-encrypted\n",
    );
    const { code, stdout, text } = await secrets();
    assert.equal(code, 0, text);
    assert.match(stdout, /: 10 set, 1 there already\./);
    const content = readFileSync(file, "utf8");
    assert.match(content, /# The team's own\.\n {2}certctl:namespace: pki # theirs\n/);
    assert.match(content, /metrics: not-encrypted\n/);
    assert.equal(content.match(/secure: /g)?.length, 9);

    assert.match(await decrypted("certctl:encryptionKey"), /^[0-9a-f]{64}\n$/);
    assert.match(await decrypted("certctl:apiKeys.admin"), /^[0-9a-f]{48}\n$/);
    const server = new X509Certificate(await decrypted("certctl:tlsCertificate"));
    assert.equal(server.checkHost("certctl-server.pki.svc"), "certctl-server.pki.svc");
    const [trusted] = certificatesOf(await decrypted("certctl:tlsCaCertificate"));
    assert.ok(trusted && server.verify(trusted.publicKey));
    assert.deepEqual(readdirSync(folder).sort(), ["Pulumi.any.yaml", "project"]);
  });

  it("a second run changes nothing, and needs no passphrase", async () => {
    const before = readFileSync(file, "utf8");
    const { code, stdout } = await command("secrets", ["with-secrets"], {
      ...env,
      PULUMI_OPTION_CONFIG_FILE: file,
      PULUMI_CONFIG_PASSPHRASE: undefined,
    });
    assert.equal(code, 0);
    assert.match(stdout, /: 0 set, 11 there already\./);
    assert.equal(readFileSync(file, "utf8"), before);
  });

  it("a wrong passphrase is answered with one sentence, and changes nothing", async () => {
    const before = readFileSync(file, "utf8").replace(/ {2}certctl:databasePassword:\n.*\n/, "");
    writeFileSync(file, before);
    const { code, stderr } = await command("secrets", ["with-secrets", "--config-file", file], {
      ...env,
      PULUMI_CONFIG_PASSPHRASE: "other",
    });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^The passphrase is not the one that the secrets of "with-secrets" are encrypted with: .*\n$/,
    );
    assert.equal(readFileSync(file, "utf8"), before);
    assert.equal((await secrets()).code, 0);
  });

  it("--renew-tls changes the server's pair only, and old and new root are trusted", async () => {
    const key = await decrypted("certctl:encryptionKey");
    const old = {
      certificate: await decrypted("certctl:tlsCertificate"),
      roots: certificatesOf(await decrypted("certctl:tlsCaCertificate")),
    };
    const { code, stdout } = await secrets("--renew-tls");
    assert.equal(code, 0);
    assert.match(stdout, /: 3 set, 8 there already\./);
    assert.equal(await decrypted("certctl:encryptionKey"), key);
    const roots = certificatesOf(await decrypted("certctl:tlsCaCertificate"));
    assert.equal(roots.length, 2);
    assert.equal(roots[1]?.toString(), old.roots[0]?.toString());
    const renewed = await decrypted("certctl:tlsCertificate");
    assert.notEqual(renewed, old.certificate);
    assert.ok(roots[0] && new X509Certificate(renewed).verify(roots[0].publicKey));
  });

  it("render shows the values with --show-secrets only", async () => {
    writeFileSync(file, readFileSync(file, "utf8").replace(/ {4}metrics: .*\n/, ""));
    assert.equal((await secrets()).code, 0);
    const values = [
      await decrypted("certctl:databasePassword"),
      await decrypted("certctl:apiKeys.admin"),
    ].map((value) => value.trim());
    const hidden = await command("render", [file]);
    assert.equal(hidden.code, 0, hidden.text);
    const shown = await command("render", [file, "--show-secrets", "--stack", "with-secrets"]);
    assert.equal(shown.code, 0, shown.text);
    for (const value of values) {
      assert.ok(!hidden.text.includes(value));
      assert.ok(shown.stdout.includes(value));
    }
    assert.ok(hidden.stdout.includes("<secret certctl:databasePassword>"));
    assert.ok(!shown.stdout.includes("<secret "));
  });
});
