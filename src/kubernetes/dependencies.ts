import * as pulumi from "@pulumi/pulumi";

/** The resources that a component was told to wait for, and its own: components do not hand `dependsOn` down to their children. */
export function dependencies(
  opts: pulumi.ComponentResourceOptions | undefined,
  own: pulumi.Input<pulumi.Resource>[] = [],
): pulumi.Output<pulumi.Resource[]> {
  return pulumi.all([pulumi.output(opts?.dependsOn ?? []), pulumi.all(own)]).apply(([given, resources]) => [
    ...(Array.isArray(given) ? given : [given]),
    ...resources,
  ]) as pulumi.Output<pulumi.Resource[]>;
}
