import type * as pulumi from "@pulumi/pulumi";

/**
 * Options of an object whose loss loses data: `pulumi destroy` refuses it, and an object that leaves the
 * program stays in the cluster.
 */
export function dataProtection(enabled: boolean): pulumi.CustomResourceOptions {
  return enabled ? { protect: true, retainOnDelete: true } : {};
}
