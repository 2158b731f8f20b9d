import type * as pulumi from "@pulumi/pulumi";
import type { ObjectName, ImageReference } from "../kubernetes/types";

/** Container images, by tag or digest. */
export interface ImageSettings {
  /** The server; also runs migration and provisioning. @default ghcr.io/certctl-io/certctl-server:v2.1.7 */
  server?: pulumi.Input<ImageReference>;
  /** The agent. @default ghcr.io/certctl-io/certctl-agent:v2.1.7 */
  agent?: pulumi.Input<ImageReference>;
  /** PostgreSQL 16, alpine (user id 70). @default postgres:16-alpine */
  postgres?: pulumi.Input<ImageReference>;
  /**
   * The AWS CLI, 2.23 or newer: uploads backups to a bucket.
   *
   * @default public.ecr.aws/aws-cli/aws-cli:2.27.50
   */
  awsCli?: pulumi.Input<ImageReference>;
  /**
   * query-exporter 5, with the driver of PostgreSQL: the exporter of `monitoring.sqlExporter`.
   *
   * @default adonato/query-exporter:5.0.2
   */
  sqlExporter?: pulumi.Input<ImageReference>;
  /** When a node pulls an image. @default IfNotPresent */
  pullPolicy?: ImagePullPolicy;
  /** Names of Secrets with registry logins. @default [] */
  pullSecrets?: ObjectName[];
}

/** When a node pulls an image. */
export const ImagePullPolicy = { Always: "Always", IfNotPresent: "IfNotPresent", Never: "Never" } as const;

export type ImagePullPolicy = (typeof ImagePullPolicy)[keyof typeof ImagePullPolicy];
