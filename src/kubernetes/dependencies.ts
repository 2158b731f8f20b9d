import * as pulumi from "@pulumi/pulumi";

/** The resources that a component was told to wait for, and its own: components do not hand `dependsOn` down to their children. */
export function dependencies(
  opts: pulumi.ComponentResourceOptions | undefined,
  own: pulumi.Input<pulumi.Resource>[] = [],
): pulumi.Output<pulumi.Resource[]> {
  const given: pulumi.Output<unknown> = pulumi.output(opts?.dependsOn ?? []);
  return pulumi.all([given, pulumi.all(own)]).apply(([before, resources]) => [...([before].flat() as pulumi.Resource[]), ...resources]);
}
