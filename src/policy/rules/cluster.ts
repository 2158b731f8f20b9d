import { show } from "../../checks/issues";
import { podSecurityLabels } from "../../kubernetes/security";
import { isPart, ofKind } from "../instance";
import type { Instance, Pod, StackObject } from "../instance";
import type { InstanceRule } from "../rule";

const enforceLabel = "pod-security.kubernetes.io/enforce";
const { [enforceLabel]: restricted } = podSecurityLabels("restricted");

const restrictedNamespaces: InstanceRule = {
  name: "certctl-restricted-namespaces",
  description: "The namespaces admit restricted pods only, but for the one of agents on nodes.",
  fix: "Set the label pod-security.kubernetes.io/enforce: restricted on the namespace.",
  checkInstance: ({ pods, stack, objects }) =>
    ofKind(stack, "Namespace").flatMap((namespace) => {
      const inside = pods.filter(({ object }) => object.namespace === namespace.name);
      const own = objects.includes(namespace) && !isPart(namespace, "agents");
      if (!own && inside.every(onNodes)) return [];
      const level = namespace.labels[enforceLabel];
      if (level === restricted) return [];
      return [
        {
          object: namespace,
          problem: `${enforceLabel} is ${level === undefined ? "not set" : show(level)}; set it to restricted`,
        },
      ];
    }),
};

function onNodes({ component, object }: Pod): boolean {
  return component === "agents" && object.kind === "DaemonSet";
}

const noApiRights: InstanceRule = {
  name: "certctl-no-api-rights",
  description: "No part has a right on the Kubernetes API, which certctl does not use.",
  fix: "Remove the role, or its binding to the service accounts of certctl.",
  checkInstance(instance) {
    const roles = ofKind(instance.objects, "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding");
    const bindings = ofKind(instance.stack, "RoleBinding", "ClusterRoleBinding").filter(
      (binding) => !roles.includes(binding),
    );
    return [
      ...roles.map((object) => ({ object, problem: "certctl does not use the Kubernetes API; remove it" })),
      ...bindings.flatMap((object) =>
        boundAccounts(object, instance).map((account) => ({
          object,
          problem: `gives rights to ${account}, with which certctl runs; remove it`,
        })),
      ),
    ];
  },
};

interface Subject {
  kind?: string;
  name?: string;
  namespace?: string;
}

/** The service accounts of an instance that a binding names. */
function boundAccounts({ resource, namespace }: StackObject, { pods }: Instance): string[] {
  const subjects = (resource.props.subjects ?? []) as Subject[];
  const named = subjects
    .filter(({ kind }) => kind === "ServiceAccount")
    .map((subject) => `${subject.namespace ?? namespace}/${subject.name ?? ""}`);
  const used = new Set(
    pods.map(({ object, spec }) => `${object.namespace}/${spec.serviceAccountName ?? "default"}`),
  );
  return [...used].filter((account) => named.includes(account));
}

/** What the cluster enforces, and what it allows. */
export const clusterRules = [restrictedNamespaces, noApiRights];
