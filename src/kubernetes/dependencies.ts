import * as pulumi from "@pulumi/pulumi";

/**
 * The resources that a component was told to wait for, and its own parts as far as there are any: components do not hand `dependsOn` down
 * to their children. A list, not an Output of one, wherever it can be: for each Output that holds a resource
 * the SDK looks through all the resources that hang together with it, so that the time of a program would
 * grow with the square of its resources.
 */
export function dependencies(
  opts: pulumi.ComponentResourceOptions | undefined,
  parts: (pulumi.Input<pulumi.Resource> | undefined)[] = [],
): pulumi.Input<pulumi.Input<pulumi.Resource>[]> {
  const own = parts.filter((part) => part !== undefined);
  const given = opts?.dependsOn ?? [];
  if (Array.isArray(given)) return [...given, ...own];
  if (pulumi.Resource.isInstance(given)) return [given, ...own];
  const known: pulumi.Output<unknown> = pulumi.output<unknown>(given);
  return known.apply((before) => [...([before].flat() as pulumi.Resource[]), ...own]);
}
