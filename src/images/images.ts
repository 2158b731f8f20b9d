import type * as pulumi from "@pulumi/pulumi";
import type { ImagePullPolicy, ImageSettings } from "./images-args";

/** The versions that this package was written for and tested with: the one place that names them. */
export const defaultImages = {
  server: "ghcr.io/certctl-io/certctl-server:v2.1.7",
  agent: "ghcr.io/certctl-io/certctl-agent:v2.1.7",
  postgres: "postgres:16-alpine",
  awsCli: "public.ecr.aws/aws-cli/aws-cli:2.27.50",
  sqlExporter: "adonato/query-exporter:5.0.2",
} as const;

/** Where the images of an instance come from. */
export interface Images {
  server: pulumi.Input<string>;
  agent: pulumi.Input<string>;
  postgres: pulumi.Input<string>;
  awsCli: pulumi.Input<string>;
  sqlExporter: pulumi.Input<string>;
  pullPolicy: ImagePullPolicy;
  pullSecrets: string[];
}

/** The images of an instance, with defaults. */
export function resolveImages(given: ImageSettings = {}): Images {
  return {
    server: given.server ?? defaultImages.server,
    agent: given.agent ?? defaultImages.agent,
    postgres: given.postgres ?? defaultImages.postgres,
    awsCli: given.awsCli ?? defaultImages.awsCli,
    sqlExporter: given.sqlExporter ?? defaultImages.sqlExporter,
    pullPolicy: given.pullPolicy ?? "IfNotPresent",
    pullSecrets: given.pullSecrets ?? [],
  };
}

/** The pod's field with the registry logins, if there are any. */
export function pullSecretFields(images: Pick<Images, "pullSecrets">): {
  imagePullSecrets?: { name: string }[];
} {
  return images.pullSecrets.length ? { imagePullSecrets: images.pullSecrets.map((name) => ({ name })) } : {};
}
