import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** A kind of another product that a feature creates objects of. */
export interface NeededKind {
  /** The argument that asks for it, such as `tls.mode certManager`. */
  feature: string;
  /** Name of its CustomResourceDefinition, such as `certificates.cert-manager.io`. */
  definition: string;
  /** Version that the objects are written in. */
  version: string;
  /** What brings it, such as `cert-manager`. */
  product: string;
  /** How to do without, such as `choose another tls.mode`. */
  otherwise: string;
}

/**
 * Reads the definitions of kinds from the cluster, so that a preview fails by name where one is missing. The
 * provider by itself previews an object of an unknown kind without a word, and fails in the middle of the
 * update. What waits for the result is not touched before.
 */
export function requireCustomResources(
  instance: string,
  needed: readonly NeededKind[],
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<pulumi.Resource>[] {
  return needed.map((kind) => {
    const { definition, feature, product, otherwise } = kind;
    // The engine says of a missing object: resource '…' does not exist. The name of the resource says the
    // rest.
    const name = `${instance} needs ${definition} for ${feature}: install ${product}, or ${otherwise}`;
    const found = k8s.apiextensions.v1.CustomResourceDefinition.get(name, definition, opts);
    return found.spec.apply((spec: { versions: ServedVersion[] } | undefined) => {
      // Mocks know nothing of an object that is read.
      if (spec) refuseUnservedVersion(kind, spec.versions);
      return found;
    });
  });
}

type ServedVersion = Pick<
  k8s.types.output.apiextensions.v1.CustomResourceDefinitionVersion,
  "name" | "served"
>;

function refuseUnservedVersion(
  { feature, definition, version, product }: NeededKind,
  versions: readonly ServedVersion[],
): void {
  const served = versions.filter((one) => one.served).map(({ name }) => name);
  if (served.includes(version)) return;
  throw new pulumi.RunError(
    `${feature} needs version ${version} of ${definition}, and the cluster serves ${served.join(", ")}: install a newer release of ${product}`,
  );
}
