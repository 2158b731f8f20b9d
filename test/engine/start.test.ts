import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { RepositoryCopy } from "../toolchain/support/copy";

describe("npm start and npm stop", function () {
  this.timeout(900_000);
  let copy: RepositoryCopy;
  before(() => (copy = new RepositoryCopy()));
  after(async () => {
    await run("node scripts/stop.mjs --purge");
    copy.remove();
  });

  /** Runs a shell command in the copy; a download fails at once. */
  function run(command: string): Promise<{ code: number | null; text: string }> {
    const env = { ...process.env, HTTPS_PROXY: "http://127.0.0.1:9", NO_COLOR: "1" };
    const child = spawn("bash", ["-c", command], {
      cwd: copy.folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (data: Buffer) => (text += data.toString()));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  }

  /** Shell text that waits for a condition, for half a minute at most. */
  const waitFor = (condition: string) =>
    `for i in $(seq 600); do { ${condition}; } > /dev/null 2>&1 && break; sleep 0.05; done`;

  /** Runs a command in a shell that knows the local stack. */
  const runLocally = (command: string) => run(`source .local/env && ${command}`);

  it("bring the dev stack up with one command, and say what there is and how to look at it", async () => {
    const { code, text } = await run("node scripts/start.mjs");
    assert.equal(code, 0, text);
    assert.match(text, /^Local control plane: https:\/\/127\.0\.0\.1:\d+ \(ready in /m);
    assert.match(text, /^ {2}Deployment certctl-server created \(/m);
    assert.match(text, /^Outputs:\n(.*\n)* {2}url: https:\/\//m);
    assert.match(text, /^ {2}Deployment +1 {3}1 of 1 ready$/m);
    const unready = [...text.matchAll(/^ {2}(\S+) +\d+ {3}(\d+) of (\d+) ready$/gm)].filter(
      ([, , ready, all]) => ready !== all,
    );
    assert.deepEqual(
      unready.map(([line]) => line),
      [],
    );
    assert.match(text, /^ {2}source \.local\/env /m);
  });

  it("change nothing when they run again, and reuse what runs", async () => {
    const { code, text } = await run("node scripts/start.mjs");
    assert.equal(code, 0, text);
    assert.match(text, /\(it ran already\)\.\npulumi up of the stack dev:\n {2}\d+ unchanged\n/);
  });

  it("leave an environment in which npx pulumi and kubectl work without a download", async () => {
    const preview = await runLocally("npx pulumi preview --expect-no-changes --non-interactive");
    assert.equal(preview.code, 0, preview.text);
    const pods = await runLocally("kubectl get pods --namespace certctl --no-headers");
    assert.match(pods.text, /^certctl-server-\S+ +\d\/\d +Running/m);
    assert.equal(
      (await run('eval "$(node scripts/start.mjs --env)" && npx pulumi stack output url')).code,
      0,
    );
  });

  it("keep secrets in files that only the user may read, and write nothing into the repository's stack file", () => {
    const folder = join(copy.folder, ".local/stacks/dev");
    for (const name of ["passphrase", "kubeconfig", "Pulumi.dev.yaml", "env"])
      assert.equal(statSync(join(folder, name)).mode & 0o077, 0, name);
    const original = readFileSync(join(__dirname, "../../Pulumi.dev.yaml"), "utf8");
    assert.equal(readFileSync(join(copy.folder, "Pulumi.dev.yaml"), "utf8"), original);
  });

  it("go on when the engine was killed in the middle of an update", async () => {
    const destroyed = await runLocally("npx pulumi destroy --yes --skip-preview --non-interactive");
    assert.equal(destroyed.code, 0, destroyed.text);
    // As soon as the engine holds its lock: both the command and the engine are gone without a word.
    const locks = ".local/stacks/dev/pulumi/.pulumi/locks/*/*/*/*.json";
    const killed = await run(
      `node scripts/start.mjs > first.log & start=$!
       ${waitFor('grep -q "Namespace certctl created" first.log && ls ' + locks)}
       engine=$(pgrep -P $start -x pulumi); plugins=$(pgrep -P $engine)
       kill -KILL $start $engine; wait $start; sleep 0.5; kill $plugins; true`,
    );
    assert.equal(killed.code, 0, killed.text);
    const { code, text } = await run("node scripts/start.mjs");
    assert.equal(code, 0, text);
    assert.match(text, /^The last update of dev was killed; releasing its lock\.$/m);
    assert.match(text, /^ {2}Deployment certctl-server created/m);
  });

  it("name a part of the control plane that crashed when an update fails because of it", async () => {
    const parts = ".local/stacks/dev/control-plane/parts";
    assert.ok(readdirSync(join(copy.folder, parts)).includes("kube-apiserver.json"));
    const { code, text } = await run(
      `node scripts/start.mjs > second.log 2>&1 & start=$!
       ${waitFor('grep -q "pulumi up of the stack" second.log')}
       kill -KILL $(grep -o '"pid":[0-9]*' ${parts}/kube-apiserver.json | cut -d: -f2)
       wait $start; code=$?; cat second.log; exit $code`,
    );
    assert.equal(code, 1, text);
    assert.match(
      text,
      /kube-apiserver has ended by itself\. The end of its log \(.*kube-apiserver\.log\):\n {4}\S/,
    );
    const next = await run("node scripts/start.mjs");
    assert.equal(next.code, 0, next.text);
  });

  it("end exactly what they started", async () => {
    const { code, text } = await run("node scripts/stop.mjs");
    assert.equal(code, 0, text);
    const ended = [...text.matchAll(/([a-z-]+) \(process \d+\)/g)].map(([, name]) => name);
    assert.deepEqual(ended.sort(), [
      "etcd",
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kwok",
    ]);
    assert.equal((await run("node scripts/stop.mjs")).text, "Nothing was running.\n");
  });
});
