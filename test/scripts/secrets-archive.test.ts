import assert from "node:assert/strict";
import {
  existsSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import type { ArchivedSecret } from "../../scripts/secrets/archived-secrets";
import { createIssuingCa } from "../../scripts/secrets/certificates";
import { decrypt, encrypt } from "../../scripts/secrets/age-files";
import { packArchive, unpackArchive } from "../../scripts/secrets/archive";
import { secrets as secretsCommand } from "../../scripts/secrets/command";
import { outsideSecrets } from "../../scripts/secrets/outside-secrets";
import { choosePassphrase } from "../../scripts/secrets/passphrase";
import { argumentPaths } from "../render/argument-tests";
import { CommandFolder, type Run } from "./commands";

const stackFile = `config:
  aws:secretKey: { secure: a }
  certctl:apiKeys: { secure: b }
  certctl:databasePassword: { secure: c }
  certctl:existingSecrets: { encryptionKey: vault-key }
  certctl:server: { envFromSecrets: { CERTCTL_SLACK_WEBHOOK_URL: { name: slack, key: url } } }
  certctl:namespace: pki
`;

describe("the archive of a stack's secrets", function () {
  this.timeout(300_000);
  let folder: CommandFolder;
  let identity: string;
  let recipient: string;
  let ca: { certificate: string; privateKey: string };

  before(async () => {
    const age = await import("age-encryption");
    identity = await age.generateX25519Identity();
    recipient = await age.identityToRecipient(identity);
    ca = await createIssuingCa();
  });
  beforeEach(() => {
    folder = new CommandFolder();
    writeFileSync(at("Pulumi.prod.yaml"), stackFile);
    writeFileSync(at("key.txt"), `# created: today\n# public key: ${recipient}\n${identity}\n`);
  });
  afterEach(() => folder.remove());

  const at = (name: string): string => join(folder.path, name);

  function secrets(
    args: readonly string[],
    { file = "Pulumi.prod.yaml", ...env }: Record<string, string> = {},
  ): Promise<Run> {
    const config = {
      "aws:secretKey": { value: "of the cloud", secret: true },
      "certctl:apiKeys": {
        value: JSON.stringify({ admin: "key of admin", fleet: "key of fleet" }),
        secret: true,
      },
      "certctl:caCertificate": { value: ca.certificate, secret: true },
      "certctl:databasePassword": { value: " with spaces\n and lines \n", secret: true },
      "certctl:namespace": { value: "pki", secret: false },
      "certctl:tlsCaCertificate": { value: ca.certificate, secret: false },
    };
    const variables = {
      PULUMI_OPTION_CONFIG_FILE: at(file),
      FAKE_PULUMI_CONFIG: JSON.stringify(config),
      INIT_CWD: folder.path,
    };
    return folder.call(secretsCommand, args, { ...variables, CERTCTL_ARCHIVE_PASSPHRASE: "", ...env });
  }

  const exported = (): Promise<Run> =>
    secrets(["prod", "--export", "--recipient", recipient, "--output", "all.age"]);
  const imported = (file: string, ...more: string[]): Promise<Run> =>
    secrets(["prod", "--import", "all.age", "--identity", "key.txt", ...more], { file });

  it("holds every secret as a file, readable by its owner and the recipients only, and nothing else is left on the disk", async () => {
    const { code, stdout, stderr } = await exported();
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /all\.age: 6 secrets saved, encrypted\.\n {2}saved {5}aws:secretKey\n/);
    assert.equal(statSync(at("all.age")).mode & 0o777, 0o600);
    const { stack, secrets: found } = await unpackArchive(
      await decrypt(at("all.age"), { identities: [identity] }),
    );
    assert.equal(stack, "prod");
    assert.deepEqual(Object.fromEntries(found.map(({ file, value }) => [file, value])), {
      "aws/secretKey": "of the cloud",
      "certctl/apiKeys/admin": "key of admin",
      "certctl/apiKeys/fleet": "key of fleet",
      "certctl/caCertificate": ca.certificate,
      "certctl/databasePassword": " with spaces\n and lines \n",
      "certctl/tlsCaCertificate": ca.certificate,
    });
    assert.deepEqual(readdirSync(folder.path).sort(), [
      "Pulumi.prod.yaml",
      "all.age",
      "calls.json",
      "home",
      "key.txt",
    ]);
    for (const value of ["of the cloud", "key of admin"])
      assert.ok(!(stdout + readFileSync(at("all.age"), "latin1")).includes(value));
  });

  it("says what each file is, what it lacks and how that is read, and how it is put back", async () => {
    const { stdout } = await exported();
    assert.match(stdout, /Secret slack \(server\.envFromSecrets\.CERTCTL_SLACK_WEBHOOK_URL\)/);
    const tar = Buffer.from(await decrypt(at("all.age"), { identities: [identity] })).toString();
    assert.match(tar, /# Secrets of the certctl stack prod\n\nExported 20\d\d-/);
    assert.match(tar, /- certctl\/databasePassword: password of certctl's role in the database\n/);
    assert.match(
      tar,
      /- certctl\/caCertificate: .*; CN=certctl issuing CA, SHA-256 ([0-9A-F]{2}:){31}[0-9A-F]{2}\n/,
    );
    assert.match(
      tar,
      /- Secret vault-key \(existingSecrets\.encryptionKey\): kubectl --namespace pki get secret vault-key --output yaml\n/,
    );
    assert.match(tar, /npm run secrets -- prod --import FILE\n/);
  });

  it("puts back what a stack lacks, each value as it was, and a second time nothing", async () => {
    await exported();
    const { code, stdout, stderr } = await imported("Pulumi.new.yaml");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^From the archive of prod, 20.*: 6 set, 0 kept\.\n/);
    const set = folder.calls().filter(({ args }) => args.includes("set"));
    const key = (args: string[]): string => args.find((argument) => argument.includes(":")) ?? "";
    assert.deepEqual(
      Object.fromEntries(set.map(({ args, input }) => [`${args[2] ?? ""} ${key(args)}`, input])),
      {
        "--secret aws:secretKey": "of the cloud",
        "--secret certctl:apiKeys.admin": "key of admin",
        "--secret certctl:apiKeys.fleet": "key of fleet",
        "--secret certctl:caCertificate": ca.certificate,
        "--secret certctl:databasePassword": " with spaces\n and lines \n",
        "--plaintext certctl:tlsCaCertificate": ca.certificate,
      },
    );
    assert.match((await imported("Pulumi.new.yaml")).stdout, /: 0 set, 6 kept\.\n/);
    assert.equal(folder.calls().length, 1 + set.length);
  });

  it("changes no value that is there, and completes no pair of another origin", async () => {
    await exported();
    writeFileSync(
      at("Pulumi.new.yaml"),
      "config: { aws:secretKey: x, certctl:apiKeys: { secure: a }, certctl:caPrivateKey: { secure: b } }\n",
    );
    const { stdout } = await imported("Pulumi.new.yaml");
    assert.match(
      stdout,
      /kept {6}aws:secretKey \(is there, and was not changed\)\n {2}kept {6}certctl:apiKeys\.admin \(is there/,
    );
    assert.match(
      stdout,
      /kept {6}certctl:caCertificate \(not set: it belongs to certctl:caPrivateKey, which is there\)\n/,
    );
    assert.match(stdout, /: 2 set, 4 kept\.\n/);
    assert.match(readFileSync(at("Pulumi.new.yaml"), "utf8"), /aws:secretKey: x\n/);
  });

  it("a dry run of an import sets nothing", async () => {
    await exported();
    assert.match(
      (await imported("Pulumi.new.yaml", "--dry-run")).stdout,
      /: 6 missing, 0 kept\.\n {2}missing {3}aws:secretKey\n/,
    );
    assert.equal(existsSync(at("Pulumi.new.yaml")), false);
  });

  it("opens with the passphrase it was locked with, and no other", async () => {
    writeFileSync(at("passphrase"), "# twelve and more\n");
    const { code, stderr } = await secrets(["prod", "--export", "--passphrase-file", "passphrase"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const [file = ""] = readdirSync(folder.path).filter((name) =>
      /^certctl-secrets-prod-20\d\d-\d\d-\d\d\.tar\.age$/.test(name),
    );
    const wrong = await secrets(["prod", "--import", file], {
      CERTCTL_ARCHIVE_PASSPHRASE: "twelve and more!",
    });
    assert.match(
      wrong.stderr,
      /^The passphrase is not the one of .*\.tar\.age, or it is encrypted for recipients: then give --identity FILE\.\n$/,
    );
    const right = await secrets(["prod", "--import", file, "--dry-run"], {
      CERTCTL_ARCHIVE_PASSPHRASE: "# twelve and more",
    });
    assert.match(right.stdout, /: 2 missing, 4 kept\./);
  });

  it("is never written over a file, nor through a link", async () => {
    writeFileSync(at("all.age"), "mine");
    const { code, stderr } = await exported();
    assert.equal(code, 1);
    assert.match(stderr, /all\.age exists, and is not overwritten: name another file with --output\.\n$/);
    assert.equal(readFileSync(at("all.age"), "utf8"), "mine");
    assert.equal(folder.calls().length, 0);

    unlinkSync(at("all.age"));
    symlinkSync(at("theirs"), at("all.age"));
    assert.match((await exported()).stderr, /all\.age could not be written: EEXIST/);
    assert.equal(existsSync(at("theirs")), false);
  });

  it("is not made when there is nothing to save", async () => {
    const { code, stderr } = await secrets(
      ["prod", "--export", "--recipient", recipient, "--output", "all.age"],
      {
        FAKE_PULUMI_CONFIG: "{}",
      },
    );
    assert.equal(code, 1);
    assert.match(
      stderr,
      /Pulumi\.prod\.yaml has no secrets, so there is nothing to export: "npm run secrets -- prod" makes them\.\n$/,
    );
    assert.equal(existsSync(at("all.age")), false);
  });

  it("that is cut off or changed anywhere is refused, and nothing is set", async () => {
    await exported();
    const whole = readFileSync(at("all.age"));
    for (const length of [0, 20, 200, whole.length - 1000, whole.length - 1]) {
      writeFileSync(at("all.age"), whole.subarray(0, length));
      const { code, stderr } = await imported("Pulumi.new.yaml");
      assert.equal(code, 1, String(length));
      assert.match(stderr, /^.*all\.age is damaged, or no age file: .*\.\n$/, String(length));
    }
    whole[whole.length - 500] = (whole[whole.length - 500] ?? 0) ^ 1;
    writeFileSync(at("all.age"), whole);
    assert.equal((await imported("Pulumi.new.yaml")).code, 1);
    assert.equal(existsSync(at("Pulumi.new.yaml")), false);
  });

  it("of somebody else sets nothing but secrets", async () => {
    for (const key of ["images.server", "namespace", "--config-file=/x:y", "apiKeys.a b"]) {
      const forged: ArchivedSecret = { key, file: "x", value: "evil" };
      const tar = await packArchive({ stack: "prod", created: new Date(), secrets: [forged] }, "");
      writeFileSync(at("all.age"), await encrypt(tar, { recipients: [recipient] }));
      const { stderr } = await imported("Pulumi.new.yaml");
      assert.match(
        stderr,
        /^The file is not an archive of "npm run secrets -- <stack> --export": it holds ".*", which is no secret of a stack\.\n$/,
      );
    }
    writeFileSync(at("all.age"), await encrypt(Buffer.from("no tar"), { recipients: [recipient] }));
    assert.match((await imported("Pulumi.new.yaml")).stderr, /: it has no manifest\.json\.\n$/);
  });

  for (const [what, args, sentence] of [
    [
      "a recipient that is none",
      ["--export", "--recipient", "age1other"],
      /^"age1other" is not a recipient: it begins with age1, and .*$/,
    ],
    [
      "an identity as a recipient",
      ["--export", "--recipient", "AGE-SECRET-KEY-1X"],
      /^What was given is not a recipient: .*$/,
    ],
    [
      "an empty list of recipients",
      ["--export", "--recipients-file", "none.txt"],
      /none\.txt names no recipient\.$/,
    ],
    [
      "no passphrase",
      ["--export"],
      /^No passphrase is given: set CERTCTL_ARCHIVE_PASSPHRASE, name a file with --passphrase-file, or .*$/,
    ],
    [
      "a short passphrase",
      ["--export", "--passphrase-file", "short.txt"],
      /^The passphrase is too short: it needs 12 characters or more\.$/,
    ],
    [
      "a passphrase and recipients",
      ["--export", "--recipient", "age1x", "--passphrase-file", "a"],
      /^An archive has a passphrase or .*$/,
    ],
    [
      "a missing archive",
      ["--import", "no.age", "--identity", "key.txt"],
      /no\.age cannot be read: ENOENT: no such file or directory, .*\.$/,
    ],
    [
      "a file without identities",
      ["--import", "a", "--identity", "short.txt"],
      /short\.txt is not a key file of "age-keygen": .*$/,
    ],
    [
      "an option of another use",
      ["--import", "a", "--output", "b"],
      /^--output does not go with --import\. See --help\.$/,
    ],
    [
      "two uses at once",
      ["--import", "a", "--export"],
      /^--import does not go with --export\. See --help\.$/,
    ],
    [
      "an option without its use",
      ["--recipient", "age1x"],
      /^--recipient does not go without --export or --import\. See --help\.$/,
    ],
  ] as const) {
    it(`${what} is answered with one sentence, and no archive is made`, async () => {
      writeFileSync(at("none.txt"), "# nobody yet\n");
      writeFileSync(at("short.txt"), "short\n");
      const { code, stdout, stderr } = await secrets(["prod", ...args]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr.trimEnd(), sentence);
      assert.deepEqual(
        readdirSync(folder.path).filter((name) => name.endsWith(".age")),
        [],
      );
    });
  }

  it("asks for a new passphrase twice, and shows neither", async () => {
    const asked = async (...answers: string[]): Promise<{ answer: string; shown: string }> => {
      const input = Object.assign(new PassThrough(), { isTTY: true });
      const output = new PassThrough();
      const typed = answers.values();
      let shown = "";
      output.on("data", (text: Buffer) => {
        shown += text.toString();
        const next = text.toString().endsWith(": ") ? typed.next().value : undefined;
        if (next !== undefined) setImmediate(() => input.write(next));
      });
      const answer = await choosePassphrase(undefined, { input, output }).catch(String);
      return { answer, shown };
    };
    const good = await asked("a long passphrase\r", "a long passphrase\r");
    assert.deepEqual(good, { answer: "a long passphrase", shown: "Passphrase: \nThe same again: \n" });
    assert.equal(
      (await asked("a long passphrase\r", "a wrong passphrase\r")).answer,
      "UserError: The two passphrases differ.",
    );
    assert.equal((await asked("\u0003")).answer, "UserError: No passphrase was given; nothing was done.");
  });

  it("knows every argument that names a Secret of the cluster", () => {
    const named = argumentPaths().filter((path) => /secret/i.test(path) && !["secretEnv"].includes(path));
    const all = outsideSecrets({
      images: { pullSecrets: ["a"] },
      server: {
        envFromSecrets: { X: { name: "b", key: "k" } },
        auth: {
          type: "none",
          gateway: { image: "gateway:1", envFromSecrets: { Y: { name: "r", key: "k" } } },
        },
        mounts: [{ mountPath: "/x", secret: "c" }],
        issuer: {
          stepCa: {
            url: "https://ca",
            provisioner: "p",
            provisionerKey: { secret: "k", key: "k" },
            rootCertificate: { secret: "l", key: "k" },
          },
          openssl: {
            signScript: { secret: "m", key: "k" },
            revokeScript: { secret: "n", key: "k" },
            crlScript: { secret: "o", key: "k" },
          },
        },
        scep: { default: { issuerId: "iss-local", raSecret: "p" } },
      },
      backup: { sink: { s3: { identity: { mode: "accessKeys", accessKeys: { secretName: "q" } } } } },
      exposure: { mode: "ingress", ingress: { hosts: [], tlsSecret: "d" } },
      database: { bundled: { tls: { secretName: "e" } } },
      monitoring: { sqlExporter: { login: { user: "watcher", secretName: "s" } } },
      tls: { mode: "existingSecret", existingSecret: { name: "f" } },
      existingSecrets: { databasePassword: "g", encryptionKey: "h", apiKeys: "i", issuingCa: "j" },
    });
    const found = all.map(({ argument }) => argument);
    for (const path of named)
      assert.ok(
        found.some((one) => one.startsWith(path)),
        `${path} is not in scripts/secrets/outside-secrets.ts`,
      );
    assert.equal(new Set(all.map(({ name }) => name)).size, 19);
  });
});
