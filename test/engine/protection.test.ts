import assert from "node:assert/strict";
import { kubectl, leaveNamespaces, object, objects } from "./support/cluster";
import { TestStack } from "./support/stack";

describe("deletion protection", function () {
  this.timeout(900_000);
  let stack: TestStack;

  before(async () => {
    stack = await TestStack.create("test-protected", "protected", {
      "certctl:deletionProtection": true,
      "certctl:agents": { enabled: false },
    });
    await stack.up();
  });

  it("lets destroy --exclude-protected remove the rest, and says what was kept", async () => {
    const destroyed = await stack.destroy("--exclude-protected");
    assert.equal(destroyed.code, 0, destroyed.text);
    assert.match(destroyed.text, /protected resources/);
    assert.deepEqual(await workloads(), []);
    assert.deepEqual(await kept(), [
      "PersistentVolumeClaim certctl-postgres",
      "Secret certctl-api-keys",
      "Secret certctl-encryption-key",
      "Secret certctl-issuing-ca",
      "Secret certctl-postgres",
    ]);
    const left = (await stack.resources())
      .filter(({ protect }) => protect)
      .map(({ urn }) => urn.split("::").at(-1));
    assert.deepEqual(left.sort(), [
      "certctl",
      "certctl-api-keys",
      "certctl-encryption-key",
      "certctl-issuing-ca",
      "certctl-postgres",
      "certctl-postgres",
    ]);
  });

  it("lets the next up bring the instance back on the same data", async () => {
    const claim = await kubectl(
      "get",
      "pvc",
      "certctl-postgres",
      "--namespace",
      "protected",
      "--output",
      "jsonpath={.metadata.uid}",
    );
    await stack.up();
    assert.equal(
      await kubectl(
        "get",
        "pvc",
        "certctl-postgres",
        "--namespace",
        "protected",
        "--output",
        "jsonpath={.metadata.uid}",
      ),
      claim,
    );
  });

  it("refuses another encryption key, because the database was encrypted with the first one", async () => {
    const { "certctl:encryptionKey": key = "" } = await stack.secretValues();
    const changed = await stack.pulumi([
      "config",
      "set",
      "--secret",
      "certctl:encryptionKey",
      "f".repeat(64),
    ]);
    assert.equal(changed.code, 0, changed.text);
    const refused = await stack.tryUp();
    assert.notEqual(refused.code, 0);
    assert.match(refused.text, /certctl-encryption-key.*protect|protect.*certctl-encryption-key/s);
    const { data } = await object("protected", "secret", /^certctl-encryption-key-/);
    assert.equal(Buffer.from(data?.key ?? "", "base64").toString(), key);
  });

  it("lets an ordinary destroy take the workloads only, which fails and names each object that it kept", async () => {
    const before = await kept();
    const refused = await stack.destroy();
    assert.notEqual(refused.code, 0);
    for (const object of before) {
      const name = object.split(" ")[1] ?? "";
      assert.match(refused.text, new RegExp(`::${name}" cannot be deleted\\s+because it is protected`));
    }
    assert.deepEqual(await kept(), before);
    assert.deepEqual(await workloads(), []);
  });

  after(() => leaveNamespaces("protected"));
});

async function kept(): Promise<string[]> {
  const found = await objects("protected", "persistentvolumeclaims", "secrets");
  return found
    .filter(({ metadata }) => metadata.name !== "certctl-tls" && !metadata.name.startsWith("certctl-agents"))
    .map(
      ({ kind, metadata }) =>
        `${kind} ${metadata.name.replace(/^(certctl-encryption-key)-[0-9a-f]{8}$/, "$1")}`,
    )
    .sort();
}

async function workloads(): Promise<string[]> {
  const found = await objects("protected", "deployments", "statefulsets", "jobs", "services");
  return found.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}
