import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/images";
import { pullSecretFields } from "../images/images";
import { literalVariables, secretVariable, secretVolume } from "../kubernetes/environment";
import type { SecretKey, Volume, VolumeMount } from "../kubernetes/environment";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import { readyTimeout } from "../kubernetes/ready-timeout";
import { postgresUser, restrictedContainer, restrictedPod } from "../kubernetes/security";
import { schedulingFields } from "../kubernetes/scheduling";
import { serverParameters } from "./postgres-parameters";
import type { ResolvedPostgres } from "./postgres-settings";

type Probe = k8s.types.input.core.v1.Probe;

/** What the manifests of a bundled PostgreSQL are made from. */
export interface PostgresManifestInput {
  name: string;
  namespace: pulumi.Input<string>;
  instance: string;
  commonLabels?: Record<string, string>;
  images: Images;
  settings: ResolvedPostgres;
  readyTimeoutSeconds?: number;
  password: SecretKey;
}

const dataDirectory = "/var/lib/postgresql/data";
const skipAwait = { "pulumi.com/skipAwait": "true" };
const tlsDirectory = "/etc/postgresql/tls";

/**
 * The claim: a resource of its own, so that its size grows in place. Not awaited: a storage class that binds
 * at first use leaves it Pending until the pod exists, and the pod comes after it.
 */
export function postgresClaim(input: PostgresManifestInput): k8s.types.input.core.v1.PersistentVolumeClaim {
  const { size, storageClass } = input.settings.storage;
  return {
    metadata: { ...metadata(input), annotations: skipAwait },
    spec: {
      accessModes: ["ReadWriteOnce"],
      resources: { requests: { storage: size } },
      ...(storageClass && { storageClassName: storageClass }),
    },
  };
}

/** The headless Service; certctl connects by its name. Not awaited: it has no endpoints before its pod. */
export function postgresService(input: PostgresManifestInput): k8s.types.input.core.v1.Service {
  return {
    metadata: { ...metadata(input), annotations: skipAwait },
    spec: {
      clusterIP: "None",
      selector: selectorLabels(input, "database"),
      ports: [{ name: "postgres", port: input.settings.port, targetPort: "postgres" }],
    },
  };
}

/**
 * The StatefulSet. What Kubernetes cannot change in place is fixed here, so that no argument ever replaces
 * it.
 */
export function postgresStatefulSet(input: PostgresManifestInput): k8s.types.input.apps.v1.StatefulSet {
  const labels = selectorLabels(input, "database");
  return {
    metadata: { ...metadata(input), ...readyTimeout(input.readyTimeoutSeconds) },
    spec: {
      serviceName: input.name,
      replicas: 1,
      podManagementPolicy: "OrderedReady",
      // A person decides when the database restarts: delete the pod.
      updateStrategy: { type: "OnDelete" },
      selector: { matchLabels: labels },
      template: {
        metadata: { labels: objectLabels(input, "database") },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          ...pullSecretFields(input.images),
          ...schedulingFields(input.settings.scheduling),
          terminationGracePeriodSeconds: input.settings.terminationGracePeriodSeconds,
          securityContext: restrictedPod(postgresUser),
          containers: [postgresContainer(input)],
          volumes: [
            { name: "data", persistentVolumeClaim: { claimName: input.name } },
            { name: "run", emptyDir: {} },
            {
              name: "shared-memory",
              emptyDir: { medium: "Memory", sizeLimit: input.settings.sharedBuffers },
            },
            { name: "tmp", emptyDir: {} },
            ...tlsVolumes(input.settings),
          ],
        },
      },
    },
  };
}

function postgresContainer(input: PostgresManifestInput): k8s.types.input.core.v1.Container {
  const { settings } = input;
  return {
    name: "postgres",
    image: input.images.postgres,
    imagePullPolicy: input.images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    args: serverArguments(settings),
    ports: [{ name: "postgres", containerPort: settings.port }],
    env: [
      ...literalVariables({
        POSTGRES_USER: settings.user,
        POSTGRES_DB: settings.database,
        // A subdirectory: the root of a volume may hold lost+found, and belongs to root.
        PGDATA: `${dataDirectory}/pgdata`,
        POSTGRES_INITDB_ARGS: "--encoding=UTF8 --auth-host=scram-sha-256 --data-checksums",
      }),
      // No file: the provider tells of a missing Secret by name when it is a variable's, and of one that is
      // mounted not at all.
      secretVariable("POSTGRES_PASSWORD", input.password),
    ],
    securityContext: restrictedContainer(),
    startupProbe: { ...ready(settings), periodSeconds: 2, failureThreshold: 150 },
    readinessProbe: { ...ready(settings), periodSeconds: 5, failureThreshold: 3, ...settings.readinessProbe },
    livenessProbe: {
      ...ready(settings),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
      ...settings.livenessProbe,
    },
    resources: settings.resources,
    volumeMounts: [
      { name: "data", mountPath: dataDirectory },
      { name: "run", mountPath: "/var/run/postgresql" },
      { name: "shared-memory", mountPath: "/dev/shm" },
      { name: "tmp", mountPath: "/tmp" },
      ...tlsMounts(settings),
    ],
  };
}

/** Arguments of the server process: `-c name=value` each. */
function serverArguments(settings: ResolvedPostgres): string[] {
  return Object.entries(serverParameters(settings, tlsDirectory)).flatMap(([name, value]) => [
    "-c",
    `${name}=${value}`,
  ]);
}

/** By TCP: while initdb runs, the image's temporary server listens on the socket only. */
function ready(settings: ResolvedPostgres): Probe {
  const command = [
    "pg_isready",
    "-h",
    "127.0.0.1",
    "-p",
    String(settings.port),
    "-U",
    settings.user,
    "-d",
    settings.database,
  ];
  return { exec: { command } };
}

function tlsVolumes(settings: ResolvedPostgres): Volume[] {
  return settings.tls
    ? [secretVolume("tls", settings.tls.secretName, { "tls.crt": "tls.crt", "tls.key": "tls.key" })]
    : [];
}

function tlsMounts(settings: ResolvedPostgres): VolumeMount[] {
  return settings.tls ? [{ name: "tls", mountPath: tlsDirectory, readOnly: true }] : [];
}

function metadata(input: PostgresManifestInput): k8s.types.input.meta.v1.ObjectMeta {
  return { name: input.name, namespace: input.namespace, labels: objectLabels(input, "database") };
}
