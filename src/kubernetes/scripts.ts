import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { hashedName } from "./hash";

/**
 * Reads a shell script that a pod runs. Scripts are files of their own, so that they can be linted and run as
 * they are.
 */
export function readScript(folder: string, file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/**
 * A ConfigMap that never changes: its name carries a hash of its content, so new content is a new object that
 * rolls exactly the pods that read it, and a rolled-back pod finds the old one.
 */
export function contentConfigMap(
  name: string,
  args: {
    namespace: pulumi.Input<string>;
    labels: Record<string, string>;
    data: Record<string, pulumi.Input<string>>;
  },
  opts: pulumi.CustomResourceOptions,
): { resource: k8s.core.v1.ConfigMap; name: pulumi.Input<string> } {
  const configMapName = hashedName(name, args.data);
  const resource = new k8s.core.v1.ConfigMap(
    name,
    {
      metadata: { name: configMapName, namespace: args.namespace, labels: args.labels },
      immutable: true,
      data: args.data,
    },
    opts,
  );
  return { resource, name: configMapName };
}
