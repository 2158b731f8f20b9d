import assert from "node:assert/strict";
import type { AnalyzeResult, PropertyDefinition } from "@pulumi/pulumi/provider/experimental/analyzer";
import { generateSchema } from "@pulumi/pulumi/provider/experimental/schema";
import type ts from "typescript";
import { componentNames, packageAnalyzer, programOf, unexportedNames } from "./analysis";

/** Inputs without which there is no component, and its outputs. */
const surfaces: Record<string, { required: string[]; outputs: string[] }> = {
  BackupBucket: { required: [], outputs: ["backupRole", "key", "replica", "restoreRole", "sink"] },
  Certctl: { required: [], outputs: ["namespace", "url"] },
  CertctlAgents: { required: ["namespace", "serverUrl"], outputs: ["daemonSet", "namespace", "statefulSet"] },
  CertctlMonitoring: {
    required: ["apiKeys", "instance", "migrationJob", "namespace", "provisioningJob", "server", "trust"],
    outputs: ["dashboard"],
  },
  CertctlServer: {
    required: ["apiKeys", "database", "encryptionKey", "namespace", "tlsSecret"],
    outputs: ["autoscaler", "deployment", "disruptionBudget", "revision", "service", "url"],
  },
  DatabaseBackup: { required: ["database", "namespace"], outputs: ["claim", "cronJob", "drill", "ready"] },
  DatabaseMigration: {
    required: ["apiKeys", "database", "encryptionKey", "namespace", "tlsSecret"],
    outputs: ["backupJob", "job"],
  },
  DatabaseRestore: {
    required: ["migration", "namespace", "restore", "source"],
    outputs: ["id", "job", "migrationJob"],
  },
  ExternalDatabase: { required: ["host", "namespace"], outputs: ["connection", "passwordSecret", "ready"] },
  InstanceSecrets: {
    required: ["instance", "namespace"],
    outputs: [
      "adminChecksum",
      "apiKeys",
      "encryptionKey",
      "issuingCa",
      "previousDuties",
      "serverChecksum",
      "variables",
    ],
  },
  NetworkPolicies: { required: ["edges", "instance", "namespace", "parts"], outputs: ["policies"] },
  PostgresDatabase: {
    required: ["namespace"],
    outputs: ["claim", "connection", "passwordSecret", "podLabels", "ready", "service", "statefulSet"],
  },
  ServerExposure: { required: ["instance", "namespace", "port", "service", "trust"], outputs: ["urls"] },
  ServerProvisioning: {
    required: ["apiKeys", "namespace", "revision", "serverUrl", "trust"],
    outputs: ["job", "restoredJob"],
  },
  ServerTls: {
    required: ["dnsNames", "instance", "namespace"],
    outputs: ["caCertificate", "secretName", "trust"],
  },
  SqlExporter: { required: ["database", "namespace"], outputs: ["deployment", "service"] },
};

describe("the schema for other languages", function () {
  this.timeout(180_000);
  let analyzed: AnalyzeResult;
  let program: ts.Program;

  before(() => {
    const analyzer = packageAnalyzer();
    program = programOf(analyzer);
    analyzed = analyzer.analyze();
  });

  it("has every component", () => {
    assert.deepEqual(Object.keys(analyzed.components).sort(), componentNames);
  });

  it("asks for what a component needs, and offers what it makes", () => {
    const found = Object.entries(analyzed.components).map(([name, { inputs, outputs }]) => {
      const required = Object.keys(inputs).filter((key) => inputs[key]?.optional !== true);
      return [name, { required: required.sort(), outputs: Object.keys(outputs).sort() }];
    });
    assert.deepEqual(Object.fromEntries(found), surfaces);
  });

  it("describes every property", () => {
    const { components, typeDefinitions } = analyzed;
    const own = Object.values(typeDefinitions).flatMap(({ name, properties }): [string, object][] => [
      [name, properties ?? {}],
    ]);
    const groups: [string, object][] = [
      ...Object.values(components).flatMap(({ name, inputs, outputs }): [string, object][] => [
        [`${name} (inputs)`, inputs],
        [`${name} (outputs)`, outputs],
      ]),
      ...own,
    ];
    const undescribed = groups.flatMap(([name, properties]) =>
      Object.entries(properties as Record<string, PropertyDefinition>).flatMap(([key, { description }]) =>
        description === undefined ? [`${name}.${key}`] : [],
      ),
    );
    assert.deepEqual(undescribed, []);
    for (const { name, description } of Object.values(components)) assert.ok(description, name);
  });

  it("takes nothing for anything but fragments of Kubernetes manifests", () => {
    const loose = Object.values(analyzed.typeDefinitions).flatMap(({ name, properties = {} }) =>
      Object.entries(properties).flatMap(([key, property]) => (isLoose(property) ? [`${name}.${key}`] : [])),
    );
    const inputs = Object.values(analyzed.components).flatMap(({ name, inputs: properties }) =>
      Object.entries(properties).flatMap(([key, property]) => (isLoose(property) ? [`${name}.${key}`] : [])),
    );
    assert.deepEqual(
      [...inputs, ...loose],
      [
        "Affinity.nodeAffinity",
        "Affinity.podAffinity",
        "Affinity.podAntiAffinity",
        "ServiceMonitorSettings.relabelings",
      ],
    );
  });

  it("lists the values of closed sets", () => {
    const values = (name: string): unknown[] =>
      analyzed.typeDefinitions[name]?.enum?.map(({ value }) => value) ?? [];
    assert.deepEqual(values("FleetSize"), ["small", "medium", "large"]);
    assert.deepEqual(values("DatabaseMode"), ["bundled", "external"]);
    assert.deepEqual(values("TlsMode"), ["provided", "existingSecret", "certManager"]);
    assert.deepEqual(values("AuthType"), ["api-key", "oidc", "none"]);
    assert.deepEqual(values("EstAuthMode"), ["mtls", "basic"]);
    assert.deepEqual(values("BackupSinkMode"), ["pvc", "s3"]);
    assert.deepEqual(values("ObjectLockMode"), ["none", "governance", "compliance"]);
  });

  it("is what pulumi package get-schema prints", () => {
    const { components, typeDefinitions, dependencies } = analyzed;
    const schema = generateSchema("certctl", "0.1.0", "", components, typeDefinitions, dependencies);
    const resources = schema.resources as Record<string, { isComponent: boolean; requiredInputs: string[] }>;
    assert.deepEqual(
      Object.keys(resources).sort(),
      componentNames.map((name) => `certctl:index:${name}`),
    );
    assert.deepEqual(
      resources["certctl:index:CertctlServer"]?.requiredInputs,
      surfaces.CertctlServer?.required,
    );
    assert.deepEqual(dependencies.map(({ name }) => name).sort(), ["aws", "kubernetes"]);
    const text = JSON.stringify(schema);
    const targets = [...text.matchAll(/"#\/types\/(certctl:index:\w+)"/g)].map(([, target = ""]) => target);
    assert.deepEqual(
      targets.filter((target) => !(target in (schema.types as object))),
      [],
    );
  });

  it("names no type that a program cannot import", () => {
    assert.deepEqual(unexportedNames(program), []);
  });
});

/** Whether anything at all may be given, in a list or map too. */
function isLoose(property: PropertyDefinition): boolean {
  const { items, additionalProperties } = property;
  return (
    ("$ref" in property && property.$ref === "pulumi.json#/Any") ||
    (items !== undefined && isLoose(items)) ||
    (additionalProperties !== undefined && isLoose(additionalProperties))
  );
}
