import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../database/database";
import { databaseClient, databaseClientVariables } from "../database/database";
import type { Images } from "../images/images";
import { pullSecretFields } from "../images/images";
import { configMapVolume, fieldVariable, literalVariables } from "../kubernetes/environment";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { readyTimeout } from "../kubernetes/ready-timeout";
import { mergeResources, amounts } from "../kubernetes/resources";
import { schedulingFields } from "../kubernetes/scheduling";
import { restrictedContainer, restrictedPod } from "../kubernetes/security";
import type { Resources, Scheduling } from "../kubernetes/types";
import { sessionOptions } from "./sql-exporter-queries";

/** Where the exporter shows its metrics. */
export const sqlExporterPort = 9560;

/** User and group of the pod: nobody. The image has no user of its own, and the exporter no files. */
const nobody = 65534;

/** What the manifests of the exporter are made from. */
export interface SqlExporterManifestInput extends LabelSource {
  name: string;
  namespace: pulumi.Input<string>;
  images: Images;
  /** How the exporter connects, as whom it logs in included. */
  connection: DatabaseConnection;
  /** ConfigMap with config.yaml. */
  config: pulumi.Input<string>;
  resources?: Resources;
  scheduling?: Scheduling;
  readyTimeoutSeconds?: number;
}

/** The Service, which is how Prometheus finds the pod. Not awaited, because the Deployment is. */
export function sqlExporterService(input: SqlExporterManifestInput): k8s.types.input.core.v1.Service {
  return {
    metadata: { ...metadata(input), annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      selector: selectorLabels(input, "sql-exporter"),
      ports: [{ name: "metrics", port: sqlExporterPort, targetPort: "metrics", appProtocol: "http" }],
    },
  };
}

/** The Deployment: one pod, because two would only ask the same twice. */
export function sqlExporterDeployment(input: SqlExporterManifestInput): k8s.types.input.apps.v1.Deployment {
  const { passwordChecksum } = input.connection;
  return {
    metadata: { ...metadata(input), ...readyTimeout(input.readyTimeoutSeconds) },
    spec: {
      replicas: 1,
      selector: { matchLabels: selectorLabels(input, "sql-exporter") },
      template: {
        metadata: {
          labels: objectLabels(input, "sql-exporter"),
          ...(passwordChecksum !== undefined && {
            annotations: { "certctl.io/secrets-checksum": passwordChecksum },
          }),
        },
        spec: sqlExporterPod(input),
      },
    },
  };
}

function sqlExporterPod(input: SqlExporterManifestInput): k8s.types.input.core.v1.PodSpec {
  const { images } = input;
  const client = databaseClient(input.connection);
  const answers = { httpGet: { path: "/", port: "metrics" } };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...pullSecretFields(images),
    ...schedulingFields(input.scheduling),
    securityContext: restrictedPod(nobody),
    containers: [
      {
        name: "exporter",
        image: images.sqlExporter,
        imagePullPolicy: images.pullPolicy,
        terminationMessagePolicy: "FallbackToLogsOnError",
        ports: [{ name: "metrics", containerPort: sqlExporterPort }],
        env: [
          // The pod's address, of whichever family: the exporter does not listen on all of both.
          fieldVariable("QE_HOST", "status.podIP"),
          ...literalVariables({
            QE_PORT: String(sqlExporterPort),
            QE_CONFIG: "/config/config.yaml",
            QE_LOG_FORMAT: "json",
            PGAPPNAME: input.name,
            // Not by SQL after the connection: behind a pooler that would change somebody else's session.
            PGOPTIONS: sessionOptions,
          }),
          ...databaseClientVariables(input.connection),
        ],
        securityContext: restrictedContainer(),
        startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 60 },
        readinessProbe: { ...answers, periodSeconds: 10, timeoutSeconds: 5 },
        livenessProbe: { ...answers, periodSeconds: 30, timeoutSeconds: 5, failureThreshold: 4 },
        resources: mergeResources(sqlExporterResources, input.resources),
        volumeMounts: [{ name: "config", mountPath: "/config", readOnly: true }, ...client.mounts],
      },
    ],
    volumes: [configMapVolume("config", input.config), ...client.volumes],
  };
}

function metadata(input: SqlExporterManifestInput): k8s.types.input.meta.v1.ObjectMeta {
  return { name: input.name, namespace: input.namespace, labels: objectLabels(input, "sql-exporter") };
}

/** Of the SQL exporter, by default: its numbers do not grow with the fleet. */
export const sqlExporterResources = amounts("10m", "96Mi", "250m", "256Mi");
