import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { TLSSocket } from "node:tls";
import type { MonitoringSettings } from "../../../src/monitoring/monitoring-args";
import { awkwardPassword } from "../../support/secrets";
import { kubectl, object, objects } from "../../engine/support/cluster";
import type { ClusterObject } from "../../engine/support/cluster";
import { TestStack } from "../../engine/support/stack";
import type { Config, TestNamespace } from "../../engine/support/stack";
import { eventually } from "./eventually";
import { SteadyLoad } from "./load";
import type { LoadReport } from "./load";
import { measured } from "./measurements";
import { useNode } from "./real-node";
import { inTimeLapse } from "./time-lapse";

export { eventually };

export type StackName = "dev" | "prod-ha";
export const stackNames: readonly StackName[] = ["dev", "prod-ha"];

/** An agent as the server knows it. */
export interface AgentRow {
  id: string;
  name: string;
  status: string;
  /** Whether it was heard of after it registered: registering alone makes an agent Online. */
  beats: boolean;
}

/** A stack of the project on the real node. */
export class NodeInstance {
  private constructor(
    readonly stackName: StackName,
    readonly namespace: TestNamespace,
    readonly stack: TestStack,
  ) {}

  static async create(
    stackName: StackName,
    namespace: TestNamespace,
    config: Config = {},
  ): Promise<NodeInstance> {
    const stack = await TestStack.create(`node-${namespace}`, namespace, config, stackName);
    await stack.setSecret("certctl:databasePassword", awkwardPassword);
    const { network = {}, server = {}, monitoring } = stackSettings(stack);
    const { hostAddress } = await useNode();
    // This machine asks the servers, too: to them it is a caller from outside.
    const serverCallers = [...(network.serverCallers ?? []), { cidr: `${hostAddress}/32` }];
    // All of its requests count together, and a steady load of 50 a second is just what a small instance lets
    // one address send.
    const rateLimiting = { ...server.rateLimiting, rps: 500, burst: 1000 };
    stack.configure({
      "certctl:network": { ...network, serverCallers },
      "certctl:server": { ...server, rateLimiting },
    });
    if (monitoring) stack.configure({ "certctl:monitoring": inTimeLapse(monitoring) });
    return new NodeInstance(stackName, namespace, stack);
  }

  get namespaces(): string[] {
    return [this.namespace, `${this.namespace}-agents`];
  }

  /** The pods of a component that are not going. */
  async pods(component: string): Promise<ClusterObject[]> {
    const all = (await Promise.all(this.namespaces.map((namespace) => objects(namespace, "pods")))).flat();
    return all.filter(
      ({ metadata }) =>
        metadata.labels?.["app.kubernetes.io/component"] === component && !("deletionTimestamp" in metadata),
    );
  }

  /** Which pods of a component there are: a pod that was replaced by one of the same name is another. */
  async podUids(component: string): Promise<string[]> {
    return (await this.pods(component)).map(({ metadata }) => metadata.uid).sort();
  }

  /** How often the containers of a component have been restarted. */
  async restarts(component: string): Promise<number> {
    return (await this.pods(component))
      .flatMap(({ status }) => (status.containerStatuses ?? []) as { restartCount: number }[])
      .reduce((sum, { restartCount }) => sum + restartCount, 0);
  }

  /** Waits until a component's pods are that many, and all Ready. */
  async ready(component: string, count: number, seconds = 90): Promise<ClusterObject[]> {
    return eventually(seconds, async () => {
      const pods = await this.pods(component);
      assert.equal(pods.length, count, `pods of ${component}`);
      for (const pod of pods) assert.ok(isReady(pod), `${pod.metadata.name} is not Ready`);
      return pods;
    });
  }

  /** Waits until as many pods are Ready as the workloads ask for. */
  async settled(seconds = 120): Promise<void> {
    const { server, agents } = await this.wanted();
    await this.ready("database", 1, seconds);
    await this.ready("server", server, seconds);
    await this.ready("agents", agents, seconds);
  }

  /** How many pods the workloads ask for. */
  async wanted(): Promise<{ server: number; agents: number }> {
    const server = await object(this.namespace, "deployment", "certctl-server");
    const sets = (
      await Promise.all(this.namespaces.map((namespace) => objects(namespace, "statefulsets", "daemonsets")))
    ).flat();
    const agents = sets.find(({ metadata }) => metadata.name === "certctl-agents");
    assert.ok(agents, "no agents");
    return {
      server: Number(server.spec.replicas),
      agents: Number(agents.spec.replicas ?? agents.status.desiredNumberScheduled),
    };
  }

  async exec(pod: ClusterObject | string, container: string, script: string): Promise<string> {
    const [name, namespace] =
      typeof pod === "string" ? [pod, this.namespace] : [pod.metadata.name, pod.metadata.namespace ?? ""];
    return (
      await kubectl(
        "exec",
        name,
        "--namespace",
        namespace,
        "--container",
        container,
        "--",
        "sh",
        "-c",
        script,
      )
    ).trim();
  }

  /** Runs a CronJob's Job to its end, and returns what its last container said. */
  async runNow(
    cronJob: string,
    name: string,
    condition: "complete" | "failed" = "complete",
  ): Promise<string> {
    const inNamespace = (...args: string[]): Promise<string> =>
      kubectl(...args, "--namespace", this.namespace);
    await inNamespace("create", "job", `--from=cronjob/${cronJob}`, name);
    await inNamespace("wait", `--for=condition=${condition}`, `job/${name}`, "--timeout=450s");
    return inNamespace("logs", `job/${name}`);
  }

  /** Answers of the database to a query, by line. */
  async sql(query: string): Promise<string[]> {
    const text = await kubectl(
      "exec",
      "certctl-postgres-0",
      "--namespace",
      this.namespace,
      "--container",
      "postgres",
      "--",
      ...[
        "psql",
        "--username",
        "certctl",
        "--dbname",
        "certctl",
        "--no-align",
        "--tuples-only",
        "--command",
        query,
      ],
    );
    return text.trim().split("\n").filter(Boolean);
  }

  /** The agents of this deployment, by name. */
  async agents(): Promise<AgentRow[]> {
    const rows = await this.sql(
      "select id, name, status, last_heartbeat_at > registered_at from agents order by name",
    );
    return rows.map((row) => {
      const [id = "", name = "", status = "", beats = ""] = row.split("|");
      return { id, name, status, beats: beats === "t" };
    });
  }

  /** Fingerprints of the files that agents keep on their volumes, by pod. */
  async agentFiles(): Promise<Record<string, string>> {
    const files: Record<string, string> = {};
    for (const pod of await this.pods("agents")) {
      files[pod.metadata.name.replace(/^certctl-agents-[a-z0-9]{5}$/, "on the node")] = await this.exec(
        pod,
        "agent",
        "cd /var/lib/certctl && stat -c '%a %u %n' keys && find . -type f -exec sha256sum {} + | sort",
      );
    }
    return files;
  }

  /** Asks the server, as a client outside the cluster that knows its CA. */
  async get(path: string, key?: string): Promise<{ status: number; body: string; certificate: string }> {
    const target = await this.target();
    const headers = key === undefined ? {} : { Authorization: `Bearer ${key}` };
    return new Promise((resolve, reject) => {
      const agent = new Agent({ keepAlive: false, maxCachedSessions: 0 });
      const { address: host, port, servername, ca } = target;
      const sent = request({ host, port, servername, ca, path, headers, agent, timeout: 5000 }, (answer) => {
        assert.ok(answer.socket instanceof TLSSocket);
        const { raw } = answer.socket.getPeerCertificate();
        let body = "";
        answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, body, certificate: fingerprint(raw) });
        });
      });
      sent.on("timeout", () => sent.destroy(new Error("no answer within 5 s")));
      sent.on("error", reject);
      sent.end();
    });
  }

  /** Runs an action under a steady load on the server's Service. */
  async underLoad<T>(action: () => Promise<T>): Promise<{ result: T; report: LoadReport }> {
    return SteadyLoad.during({ ...(await this.target()), rate: 50 }, action);
  }

  private async target(): Promise<{ address: string; port: number; servername: string; ca: string }> {
    const { spec } = await object(this.namespace, "service", "certctl-server");
    const ca = String(this.stack.config()["certctl:tlsCaCertificate"]);
    return {
      address: String(spec.clusterIP),
      port: 8443,
      servername: `certctl-server.${this.namespace}.svc`,
      ca,
    };
  }

  /**
   * Everything that the pods of this instance have logged, also those containers that ended. A pod that is
   * deleted takes its logs with it.
   */
  async logs(): Promise<string> {
    const { stateDir } = await useNode();
    const folder = join(stateDir, "pod-logs");
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter(
        (file) =>
          file.endsWith(".log") && this.namespaces.some((namespace) => file.startsWith(`${namespace}_`)),
      )
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
  }
}

function stackSettings(stack: TestStack): {
  network?: { serverCallers?: unknown[] };
  server?: { rateLimiting?: object };
  monitoring?: MonitoringSettings;
} {
  const {
    "certctl:network": network,
    "certctl:server": server,
    "certctl:monitoring": monitoring,
  } = stack.config();
  return {
    network: network as object | undefined,
    server: server as object | undefined,
    monitoring: monitoring as MonitoringSettings,
  };
}

const instances = new Map<StackName, Promise<NodeInstance>>();

/** The stack, brought up at the first use in this run, and left running for the tests after it. */
export function useInstance(stackName: StackName): Promise<NodeInstance> {
  const known = instances.get(stackName);
  if (known) return known;
  const made = NodeInstance.create(stackName, stackName === "dev" ? "node-dev" : "node-ha").then(
    async (instance) => {
      await measured(instance, "up from nothing", () => instance.stack.up());
      return instance;
    },
  );
  instances.set(stackName, made);
  return made;
}

/**
 * Does the same with both stacks before the tests of a suite, side by side, because they wait most of the
 * time. What came of it is told for each stack: an error fails the tests that ask for it, and not those of
 * the other stack.
 */
export function withBothStacks<T>(
  action: (instance: NodeInstance) => Promise<T>,
): (stackName: StackName) => Promise<T> {
  const outcomes = new Map<StackName, Promise<T>>();
  before("both stacks, side by side", async () => {
    for (const stackName of stackNames) outcomes.set(stackName, useInstance(stackName).then(action));
    await Promise.allSettled(outcomes.values());
  });
  return (stackName) => {
    const outcome = outcomes.get(stackName);
    assert.ok(outcome);
    return outcome;
  };
}

/** As the load tells it: of the certificate in PEM, or in DER. */
export function fingerprint(certificate: Buffer | string): string {
  const raw = typeof certificate === "string" ? new X509Certificate(certificate).raw : certificate;
  return createHash("sha256").update(raw).digest("hex");
}

function isReady({ status }: ClusterObject): boolean {
  const conditions = (status.conditions ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status: value }) => type === "Ready" && value === "True");
}
