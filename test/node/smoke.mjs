#!/usr/bin/env node
// Proves that the node does what a node does: node test/node/smoke.mjs. It takes about two minutes, and
// leaves nothing.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { formatDuration } from "../../scripts/lib/log.mjs";
import { ensureToolchain } from "../../toolchain/toolchain.mjs";
import { leftovers } from "./clean-up.mjs";
import { run } from "./commands.mjs";
import { inNode, startNode, stopNode } from "./node.mjs";
import {
  databaseObjects,
  eagerJob,
  namespace,
  password,
  pod,
  policies,
  sizedObjects,
  webObjects,
} from "./smoke-objects.mjs";
import { allDone, until } from "./waiting.mjs";

const folder = mkdtempSync(join(tmpdir(), "certctl-node-smoke-"));
const stateDir = join(folder, "node");
const cli = fileURLToPath(new URL("cli.mjs", import.meta.url));
const { engines } = await ensureToolchain({ only: ["kubectl"], log: console.log });
const kubectl = (/** @type {string[]} */ ...args) =>
  run(engines.kubectl ?? "", [
    `--kubeconfig=${join(stateDir, "kubeconfig")}`,
    `--namespace=${namespace}`,
    ...args,
  ]);
const apply = (/** @type {unknown[]} */ items) =>
  run(engines.kubectl ?? "", [`--kubeconfig=${join(stateDir, "kubeconfig")}`, "apply", "-f", "-"], {
    input: JSON.stringify({ apiVersion: "v1", kind: "List", items }),
  });
const shell = (/** @type {string} */ name, /** @type {string} */ script) =>
  kubectl("exec", name, "--", "sh", "-c", script);
const sql = (/** @type {string} */ query) =>
  kubectl("exec", "postgres-0", "--", "psql", "-U", "certctl", "-d", "inventory", "-Atc", query);
const fetchFrom = (/** @type {string} */ name, /** @type {string} */ url) =>
  shell(name, `curl -sS --max-time 2 ${url}`);
const refused = (/** @type {Promise<unknown>} */ attempt) =>
  assert.rejects(attempt, /timed out|Connection refused|exit code 28/);
const within = (/** @type {number} */ seconds, /** @type {() => Promise<boolean>} */ condition) =>
  until(condition, Date.now() + seconds * 1000);

/**
 * @template T
 * @param {string} sentence
 * @param {() => Promise<T>} action
 */
async function check(sentence, action) {
  const since = Date.now();
  const result = await action();
  console.log(`  ok  ${sentence} (${formatDuration(Date.now() - since)})`);
  return result;
}

const start = () => startNode({ stateDir, log: console.log });

try {
  for (const milliseconds of [300, 1_500, 3_000, 6_000, 9_000]) {
    await check(
      `a start that was killed after ${milliseconds} ms leaves nothing that a clean-up does not find`,
      async () => {
        const child = spawn(process.execPath, [cli, "start", "--state-dir", stateDir], { stdio: "ignore" });
        await sleep(milliseconds);
        child.kill("SIGKILL");
        await stopNode({ stateDir, purge: true });
        assert.deepEqual(leftovers({ stateDir }), []);
      },
    );
  }
  const node = await check("a node starts", start);
  const agentImage = node.images.agent.tag;
  const enforce = { "pod-security.kubernetes.io/enforce": "restricted" };
  await apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: enforce } }]);

  await check("a restricted PostgreSQL gets ready", async () => {
    await apply([...databaseObjects(await selfSigned()), ...policies()]);
    await kubectl("rollout", "status", "statefulset/postgres", "--timeout=60s");
  });
  await check("its volume belongs to its group, and its own folder to it alone", async () => {
    assert.equal(
      (
        await shell("postgres-0", "stat -c %u:%g:%a /var/lib/postgresql/data /var/lib/postgresql/data/pgdata")
      ).trim(),
      "0:70:2775\n70:70:700",
    );
  });
  await check(
    "a password of special characters works over TLS 1.3, a wrong one does not, and pgcrypto and arguments are there",
    async () => {
      const connect = (/** @type {string} */ secret) =>
        kubectl(
          "exec",
          "postgres-0",
          "--",
          "env",
          `PGPASSWORD=${secret}`,
          "PGSSLMODE=require",
          "psql",
          "-h",
          "postgres",
          "-U",
          "certctl",
          "-d",
          "inventory",
          "-Atc",
          "select version from pg_stat_ssl where pid = pg_backend_pid()",
        );
      assert.equal((await connect(password)).trim(), "TLSv1.3");
      await assert.rejects(connect("wrong"), /password authentication failed/);
      await sql(
        "create extension pgcrypto; create table kept(i int); insert into kept select generate_series(1, 1000)",
      );
      assert.equal((await sql("show max_connections")).trim(), "50");
      assert.match(
        await shell("postgres-0", "pg_dump -U certctl -Fc inventory | pg_restore --list"),
        /TABLE DATA public kept/,
      );
    },
  );
  await check("it stops at once with a client connected, and starts again with its data", async () => {
    const client = kubectl(
      "exec",
      "postgres-0",
      "--",
      "psql",
      "-U",
      "certctl",
      "-d",
      "inventory",
      "-c",
      "select pg_sleep(60)",
    ).catch(() => "");
    await sleep(500);
    const since = Date.now();
    await kubectl("delete", "pod", "postgres-0");
    assert.ok(Date.now() - since < 10_000);
    await kubectl("rollout", "status", "statefulset/postgres", "--timeout=60s");
    assert.equal((await sql("select count(*) from kept")).trim(), "1000");
    await client;
  });

  await check(
    "a web server and its clients get ready: probes of the node pass a policy that does not name it",
    async () => {
      await apply(webObjects({ agentImage }));
      await kubectl(
        "wait",
        "--for=condition=Ready",
        "pod/web",
        "pod/friend",
        "pod/stranger",
        "--timeout=60s",
      );
    },
  );
  const webAddress = (await kubectl("get", "pod", "web", "-o", "jsonpath={.status.podIP}")).trim();
  const webService = (await kubectl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}")).trim();
  // Services follow a pod's readiness within a second, not at once.
  await check("a policy allows by name, Service, named port", () =>
    within(
      5,
      async () => (await fetchFrom("friend", "http://web.smoke.svc.cluster.local/")).trim() === "here",
    ),
  );
  await check("and refuses another pod, another port, another way out", () =>
    allDone([
      refused(fetchFrom("stranger", "http://web/")),
      refused(fetchFrom("friend", `http://${webAddress}:8081/`)),
      refused(shell("friend", "nc -w 2 postgres 5432 </dev/null || exit 28")),
      shell("stranger", "nc -w 2 postgres 5432 </dev/null"),
    ]),
  );
  await check("and this machine, until an address block allows it: a change holds at once", async () => {
    await refused(run("curl", ["-sS", "--max-time", "2", `http://${webService}/`]));
    await apply(policies({ host: node.hostAddress }));
    await within(
      1,
      async () => (await run("curl", ["-sS", "--max-time", "1", `http://${webService}/`])).trim() === "here",
    );
  });
  await check("a label makes a stranger a friend, and back", async () => {
    await kubectl("label", "pod", "stranger", "role=friend", "--overwrite");
    await within(2, async () => (await fetchFrom("stranger", "http://web/")).trim() === "here");
    await kubectl("label", "pod", "stranger", "role=stranger", "--overwrite");
    await sleep(200);
    await refused(fetchFrom("stranger", "http://web/"));
  });
  await check("a new pod never gets through what its policy forbids", async () => {
    const address = (await kubectl("get", "pod", "postgres-0", "-o", "jsonpath={.status.podIP}")).trim();
    await apply(["free", "eager"].map((name) => eagerJob({ name, agentImage, address, count: 6 })));
    await kubectl("wait", "--for=condition=complete", "job/free", "job/eager", "--timeout=90s");
    const said = async (/** @type {string} */ name) =>
      (await kubectl("logs", `--selector=app=${name}`, "--tail=-1", "--max-log-requests=10"))
        .trim()
        .split("\n");
    assert.deepEqual(await said("eager"), Array(6).fill("reached 0"));
    assert.deepEqual(await said("free"), Array(6).fill("reached 3"));
  });

  await check("exec, logs and port-forward work", async () => {
    assert.match(await kubectl("logs", "postgres-0"), /ready to accept connections/);
    await portForward("pod/web", 8080, async (port) => {
      assert.equal((await run("curl", ["-sS", `http://127.0.0.1:${port}/`])).trim(), "here");
    });
  });
  await check("a pod that is not restricted is refused", () =>
    assert.rejects(
      apply([{ ...pod("bare", {}, [{ name: "bare", image: agentImage }]) }]),
      /violates PodSecurity/,
    ),
  );
  await check("images can be named by their digest, and one that is not there says so", async () => {
    const byDigest = (/** @type {string} */ image) => ({
      name: "shell",
      image,
      command: ["sleep", "infinity"],
      securityContext: strict,
    });
    const strict = { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } };
    await apply(
      Object.values(node.images).flatMap(({ tag, byDigest: image }, index) =>
        /server|agent|postgres/.test(tag)
          ? [pod(`digest-${index}`, { app: "digest" }, [byDigest(image)])]
          : [],
      ),
    );
    await apply([pod("missing", {}, [byDigest("postgres:15-alpine")])]);
    await kubectl("wait", "--for=condition=Ready", "pod", "--selector=app=digest", "--timeout=60s");
    await within(30, async () =>
      /ErrImagePull|ImagePullBackOff/.test(await kubectl("get", "pod", "missing")),
    );
    await kubectl("delete", "pod", "missing", "--selector=app=digest", "--wait=false").catch(() =>
      kubectl("delete", "pod", "missing"),
    );
  });
  await check("a sized volume gets full, and grows with its claim", async () => {
    await apply(sizedObjects({ agentImage }));
    await kubectl("wait", "--for=condition=Ready", "pod/fill", "--timeout=60s");
    await assert.rejects(shell("fill", "dd if=/dev/zero of=/data/a bs=1M count=24"), /No space left/);
    await kubectl(
      "patch",
      "pvc",
      "sized",
      "--patch",
      '{"spec":{"resources":{"requests":{"storage":"32Mi"}}}}',
    );
    await within(
      5,
      async () =>
        (await kubectl("get", "pvc", "sized", "-o", "jsonpath={.status.capacity.storage}")) === "32Mi",
    );
    await shell("fill", "dd if=/dev/zero of=/data/a bs=1M count=24");
  });

  await check("the node ends as in a power failure, and leaves only its folder", async () => {
    await stopNode({ stateDir });
    assert.deepEqual(leftovers({ stateDir }), [{ kind: "folder", what: stateDir }]);
  });
  await check("it starts again", start);
  await check("with the database's rows, and policies that hold", async () => {
    await within(60, async () => (await sql("select count(*) from kept")).trim() === "1000");
    await within(30, async () => (await fetchFrom("friend", "http://web/")).trim() === "here");
    await refused(fetchFrom("stranger", "http://web/"));
  });
  await check("a volume goes with its claim", async () => {
    await kubectl("delete", "statefulset,pod,pvc", "--all", "--timeout=60s");
    await within(10, async () => !(await kubectl("get", "pv", "--no-headers")).includes("data-postgres-0"));
  });
  const memory = inNode(
    ["sh", "-c", "cat /proc/[0-9]*/statm | awk '{ pages += $2 } END { print int(pages / 256) }'"],
    { stateDir },
  );
  console.log(`  The node's processes hold ${(await run(memory.command, memory.args)).trim()} MB.`);
} finally {
  await check("a clean-up leaves nothing", async () => {
    await stopNode({ stateDir, purge: true });
    assert.deepEqual(leftovers({ stateDir }), []);
  });
  rmSync(folder, { recursive: true, force: true });
}

/** @returns {Promise<{ certificate: string, key: string }>} */
async function selfSigned() {
  const [certificate, key] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  const options = [
    "-x509",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=postgres",
  ];
  await run("openssl", ["req", ...options, "-keyout", key, "-out", certificate]);
  return { certificate: readFileSync(certificate, "utf8"), key: readFileSync(key, "utf8") };
}

/**
 * @param {string} target
 * @param {number} port
 * @param {(port: number) => Promise<void>} action
 */
async function portForward(target, port, action) {
  const child = spawn(engines.kubectl ?? "", [
    `--kubeconfig=${join(stateDir, "kubeconfig")}`,
    `--namespace=${namespace}`,
    "port-forward",
    target,
    `:${port}`,
  ]);
  try {
    const local = await new Promise((resolve, reject) => {
      child.once("exit", () => reject(new Error("port-forward ended")));
      child.stdout.on("data", (text) => resolve(Number(/127\.0\.0\.1:(\d+)/.exec(String(text))?.[1])));
    });
    await action(local);
  } finally {
    child.kill();
  }
}
