import type * as pulumi from "@pulumi/pulumi";
import type { LabelSource, PodComponent } from "../kubernetes/labels";
import type { Edge } from "./edges";

/** What the pods of an instance do on the network. */
export interface Traffic extends LabelSource {
  /** Namespace of the instance. */
  namespace: pulumi.Input<string>;
  /** The kinds of pods that there are. */
  parts: PodComponent[];
  /** Who connects to whom. Edges of parts that are not there are left out. */
  edges: Edge[];
  /** Namespaces of parts that do not live in the instance's. @default {} */
  elsewhere?: Record<string, pulumi.Input<string>>;
}
