import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decrypt, encrypt } from "../../scripts/secrets/age-files";
import { packArchive, unpackArchive } from "../../scripts/secrets/archive";

const root = join(__dirname, "../..");
const folder = join(root, ".local", "age");

describe("the archive of a stack's secrets and the program age", function () {
  this.timeout(300_000);
  const run = (program: string, args: string[], input = ""): string =>
    execFileSync(program, args, { cwd: folder, input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
  let identity: string;
  let recipient: string;
  const secrets = [
    { key: "databasePassword", file: "certctl/databasePassword", value: "a password\nof two lines" },
  ];

  before(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const programs = ["filippo.io/age/cmd/age", "filippo.io/age/cmd/age-keygen"];
    execFileSync("go", ["build", "-trimpath", "-o", `${folder}/`, ...programs], {
      cwd: __dirname,
      stdio: "pipe",
    });
    identity = run("./age-keygen", []);
    writeFileSync(join(folder, "key.txt"), identity);
    recipient = run("./age-keygen", ["-y", "key.txt"]).trim();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const packed = (): Promise<Uint8Array> =>
    packArchive({ stack: "prod", created: new Date(), secrets }, "# Secrets\n");

  it("age and tar open it", async () => {
    writeFileSync(join(folder, "all.tar.age"), await encrypt(await packed(), { recipients: [recipient] }));
    run("./age", ["--decrypt", "--identity", "key.txt", "--output", "all.tar", "all.tar.age"]);
    assert.equal(
      run("tar", ["--list", "--file", "all.tar"]),
      "README.md\nmanifest.json\ncertctl/databasePassword\n",
    );
    assert.equal(
      run("tar", ["--extract", "--to-stdout", "--file", "all.tar", "certctl/databasePassword"]),
      secrets[0]?.value,
    );
  });

  it("what age has encrypted is read", async () => {
    writeFileSync(join(folder, "all.tar"), await packed());
    run("./age", ["--recipient", recipient, "--output", "again.tar.age", "all.tar"]);
    const key = readFileSync(join(folder, "key.txt"), "utf8").match(/AGE-SECRET-KEY-\S+/g) ?? [];
    assert.deepEqual(
      (await unpackArchive(await decrypt(join(folder, "again.tar.age"), { identities: key }))).secrets,
      secrets,
    );
  });
});
