import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/images";
import { pullSecretFields } from "../images/images";
import { secretVariable } from "../kubernetes/environment";
import type { SecretKey } from "../kubernetes/environment";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { certctlUser, restrictedContainer, restrictedPod } from "../kubernetes/security";
import { schedulingFields } from "../kubernetes/scheduling";
import type { Scheduling } from "../kubernetes/types";
import { requiredKeyVariables } from "../secrets/api-keys";
import { serverTlsFiles, scratchVolume } from "../server/files/tls-files";
import type { DatabaseConnection } from "../database/database";
import { databaseClient, databaseUrl } from "../database/database";
import { waitForDatabase } from "../database/wait-for-database";
import type { ResolvedMigration } from "./migration-settings";

type JobSpec = k8s.types.input.batch.v1.JobSpec;

/** What the migration Job is made from. */
export interface MigrationManifestInput extends LabelSource {
  images: Images;
  connection: DatabaseConnection;
  settings: ResolvedMigration;
  tlsSecret: pulumi.Input<string>;
  apiKeys: pulumi.Input<string>;
  encryptionKey: SecretKey;
  scheduling?: Scheduling;
  /** Changes when the database was replaced: the Job then runs again. */
  restored?: string;
}

// facts: migrations
/**
 * The migration: the server's image with `--migrate-only`. certctl checks its whole configuration first,
 * so TLS files and keys are there too, but no more of them than that check asks for.
 */
export function migrationJobSpec(input: MigrationManifestInput): JobSpec {
  const client = databaseClient(input.connection);
  const tls = serverTlsFiles(input.tlsSecret);
  return {
    backoffLimit: input.settings.backoffLimit,
    activeDeadlineSeconds: input.settings.activeDeadlineSeconds,
    template: {
      metadata: {
        labels: objectLabels(input, "migration"),
        ...(input.restored !== undefined && { annotations: { "certctl.io/restored": input.restored } }),
      },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        ...pullSecretFields(input.images),
        ...schedulingFields(input.scheduling),
        securityContext: restrictedPod(certctlUser),
        initContainers: [waitForDatabase(input.images, client, { limitSeconds: 30 })],
        containers: [
          {
            name: "migrate",
            image: input.images.server,
            imagePullPolicy: input.images.pullPolicy,
            terminationMessagePolicy: "FallbackToLogsOnError",
            args: ["--migrate-only"],
            env: [
              { name: "CERTCTL_DATABASE_URL", value: databaseUrl(input.connection) },
              client.password,
              ...client.rootCertificate,
              ...tls.env,
              ...requiredKeyVariables(input.apiKeys),
              secretVariable("CERTCTL_CONFIG_ENCRYPTION_KEY", input.encryptionKey),
            ],
            securityContext: restrictedContainer(),
            resources: input.settings.resources,
            volumeMounts: [...tls.mounts, ...client.mounts, { name: "tmp", mountPath: "/tmp" }],
          },
        ],
        volumes: [...tls.volumes, ...client.volumes, scratchVolume],
      },
    },
  };
}
