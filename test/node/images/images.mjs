import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { awsLayer, pythonLayer, requirements } from "./aws-layers.mjs";
import { alpineLayer, amazonLinuxLayer, curlLayer, userlands } from "./base-layers.mjs";
import { entrypoint, postgresLayer, postgresVersion } from "./postgres-layer.mjs";
import {
  contractLayer,
  contractSources,
  copiedProgramLayer,
  migrationsFolder,
  newMigrationsLayer,
  pauseLayer,
  pauseSources,
} from "./program-layers.mjs";

/**
 * A layer, and what decides what becomes of it: its files, next to those that every layer depends on.
 * @typedef {object} LayerPlan
 * @property {string} name
 * @property {import("./base-layers.mjs").LayerRecipe} recipe
 * @property {string[]} files the recipe's
 * @property {unknown[]} [inputs]
 */

/**
 * @typedef {object} ImagePlan
 * @property {string} tag as stacks write it
 * @property {LayerPlan[]} layers
 * @property {import("./oci.mjs").ImageConfig} config
 */

const file = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Names of the images, as a stack's configuration has them.
 */
export const imageTags = {
  pause: "registry.k8s.io/pause:3.10",
  coredns: "registry.k8s.io/coredns/coredns:v1.14.7",
  postgres: "postgres:16-alpine",
  server: "ghcr.io/certctl-io/certctl-server:v2.1.7",
  agent: "ghcr.io/certctl-io/certctl-agent:v2.1.7",
  /** With one migration more. */
  newerServer: "ghcr.io/certctl-io/certctl-server:v2.1.8",
  newerAgent: "ghcr.io/certctl-io/certctl-agent:v2.1.8",
  /** With one migration more, which fails. */
  brokenServer: "ghcr.io/certctl-io/certctl-server:v2.1.8-broken-migration",
  /** With the CLI from PyPI, version 1: the other is not there. */
  awsCli: "public.ecr.aws/aws-cli/aws-cli:2.27.50",
  prometheusOperator: "quay.io/prometheus-operator/prometheus-operator:v0.85.0",
  prometheus: "quay.io/prometheus/prometheus:v3.16.0",
  configReloader: "quay.io/prometheus-operator/prometheus-config-reloader:v0.85.0",
};

/** @typedef {keyof typeof imageTags} ImageName */

/** Programs of the toolchain that are copied into an image each. */
export const imagePrograms = /** @type {const} */ ([
  "coredns",
  "prometheus-operator",
  "prometheus-config-reloader",
  "prometheus",
]);

/** Images that are built, kept and imported together. */
export const archives = /** @type {const} */ ({
  cluster: ["pause", "coredns"],
  postgres: ["postgres"],
  contract: ["server", "agent", "newerServer", "newerAgent", "brokenServer"],
  aws: ["awsCli"],
  monitoring: ["prometheusOperator", "prometheus", "configReloader"],
});

/** @typedef {keyof typeof archives} ArchiveName */

/**
 * @param {Record<string, string>} engines paths of the binaries
 * @returns {Record<ImageName, ImagePlan>}
 */
export function describeImages(engines) {
  const base = { files: [file("base-layers.mjs")], inputs: [userlands] };
  const alpine = { name: "alpine", recipe: alpineLayer, ...base };
  const amazonLinux = { name: "amazon-linux", recipe: amazonLinuxLayer, ...base };
  const curl = { name: "curl", recipe: curlLayer, files: [file("base-layers.mjs")] };
  const postgres = {
    name: "postgres",
    recipe: postgresLayer,
    files: [file("postgres-layer.mjs"), entrypoint],
  };
  const program = file("program-layers.mjs");
  const pause = { name: "pause", recipe: pauseLayer, files: [program], inputs: pauseSources() };
  const copied = (/** @type {(typeof imagePrograms)[number]} */ name, /** @type {string} */ path) => {
    const binary = engines[name] ?? "";
    return {
      name,
      recipe: copiedProgramLayer(binary, path),
      files: [program],
      inputs: [basename(dirname(binary)), path],
    };
  };
  const contract = contractSources();
  const server = { name: "server", recipe: contractLayer("server"), files: [program], inputs: contract };
  const agent = { name: "agent", recipe: contractLayer("agent"), files: [program], inputs: contract };
  const migrations = { name: "migrations", recipe: newMigrationsLayer, files: [program], inputs: contract };

  const python = { name: "python", recipe: pythonLayer, files: [file("aws-layers.mjs")] };
  const aws = { name: "aws", recipe: awsLayer, files: [file("aws-layers.mjs"), requirements] };

  const serverConfig = { Entrypoint: ["/app/server"], User: "1000", WorkingDir: "/app" };
  // Beats and polls of the stand-in come sooner than certctl's, or tests would wait a minute for each.
  const intervals = ["HEARTBEAT_INTERVAL=5s", "POLL_INTERVAL=5s", "START_DELAY=2s", "MAX_BACKOFF=10s"].map(
    (one) => `CONTRACT_AGENT_${one}`,
  );
  const agentConfig = { Entrypoint: ["/app/agent"], User: "1000", WorkingDir: "/app", Env: intervals };
  const newer = [`CERTCTL_DATABASE_MIGRATIONS_PATH=${migrationsFolder}`];
  const plan = (
    /** @type {ImageName} */ name,
    /** @type {LayerPlan[]} */ layers,
    /** @type {ImagePlan["config"]} */ config,
  ) => ({
    tag: imageTags[name],
    layers,
    config,
  });
  return {
    pause: plan("pause", [pause], { Entrypoint: ["/pause"], User: "65535:65535" }),
    coredns: plan("coredns", [copied("coredns", "coredns")], {
      Entrypoint: ["/coredns"],
      User: "65532:65532",
    }),
    postgres: plan("postgres", [alpine, postgres], {
      Entrypoint: ["docker-entrypoint.sh"],
      Cmd: ["postgres"],
      // The clients were not made with /var/run/postgresql as their default.
      Env: [
        "LANG=C.UTF-8",
        "PGDATA=/var/lib/postgresql/data",
        "PGHOST=/var/run/postgresql",
        "PG_MAJOR=16",
        `PG_VERSION=${postgresVersion}`,
      ],
      StopSignal: "SIGINT",
    }),
    server: plan("server", [alpine, curl, server], serverConfig),
    agent: plan("agent", [alpine, curl, agent], agentConfig),
    newerServer: plan("newerServer", [alpine, curl, server, migrations], { ...serverConfig, Env: newer }),
    newerAgent: plan("newerAgent", [alpine, curl, agent], {
      ...agentConfig,
      Env: [...intervals, "CONTRACT_VERSION=v2.1.8"],
    }),
    brokenServer: plan("brokenServer", [alpine, curl, server], {
      ...serverConfig,
      Env: ["CONTRACT_FAIL_MIGRATION=000099_broken.up.sql"],
    }),
    awsCli: plan("awsCli", [amazonLinux, python, aws], { Entrypoint: ["aws"], WorkingDir: "/aws" }),
    prometheusOperator: plan("prometheusOperator", [copied("prometheus-operator", "bin/operator")], {
      Entrypoint: ["/bin/operator"],
      User: "65534",
    }),
    prometheus: plan("prometheus", [copied("prometheus", "bin/prometheus")], {
      Entrypoint: ["/bin/prometheus"],
      User: "65534",
    }),
    configReloader: plan(
      "configReloader",
      [copied("prometheus-config-reloader", "bin/prometheus-config-reloader")],
      {
        Entrypoint: ["/bin/prometheus-config-reloader"],
        User: "65534",
      },
    ),
  };
}
