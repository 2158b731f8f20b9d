import type { Manifest } from "../../scripts/render/capture";
import { selectorLabels } from "../../src/kubernetes/labels";
import type { Change } from "./stacks";

/** The stack prod-ha, changed so that it breaks one rule, and everything that is reported of it. */
export interface BadCase extends Change {
  rule: string;
  /** Ends "refuses …". */
  title: string;
  settings?: Record<string, unknown>;
  reports: readonly string[];
}

const server = "Deployment certctl-server";
const agents = "DaemonSet certctl-agents";
const postgres = "StatefulSet certctl-postgres";
const pod = "spec template spec";
const container = `${pod} containers server`;
const env = `${container} env`;

const labels = (component: "server" | "database" | "agents"): Record<string, string> =>
  selectorLabels({ instance: "certctl" }, component);

function object(
  apiVersion: string,
  kind: string,
  name: string,
  fields: object,
  own: Record<string, string> = {},
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace: "certctl", labels: own }, ...fields };
}

const podCases: BadCase[] = [
  {
    rule: "certctl-non-root",
    title: "a container that runs as root",
    set: [[server, `${container} securityContext runAsUser`, 0]],
    reports: ["Deployment certctl-server: container server: runAsUser is 0, which is root; use another user"],
  },
  {
    rule: "certctl-non-root",
    title: "a pod that does not say that it is not root, in an init container too",
    set: [
      [
        "CronJob certctl-backup",
        "spec jobTemplate spec template spec securityContext runAsNonRoot",
        undefined,
      ],
    ],
    reports: [
      "CronJob certctl-backup: container dump: runAsNonRoot is not set; set it to true",
      "CronJob certctl-backup: container publish: runAsNonRoot is not set; set it to true",
    ],
  },
  {
    rule: "certctl-no-privileges",
    title: "a privileged container",
    set: [
      [
        postgres,
        `${pod} containers postgres securityContext`,
        { readOnlyRootFilesystem: true, privileged: true, capabilities: { add: ["SYS_ADMIN"] } },
      ],
    ],
    reports: [
      "StatefulSet certctl-postgres: container postgres: privileged is true; remove it",
      "StatefulSet certctl-postgres: container postgres: allowPrivilegeEscalation is not set; set it to false",
      'StatefulSet certctl-postgres: container postgres: capabilities.drop is []; set it to ["ALL"]',
      'StatefulSet certctl-postgres: container postgres: capabilities.add is ["SYS_ADMIN"]; remove it',
    ],
  },
  {
    rule: "certctl-no-privileges",
    title: "more than CHOWN for the container that owns a node's directory",
    set: [
      [agents, `${pod} initContainers own-state securityContext capabilities add`, ["CHOWN", "DAC_OVERRIDE"]],
    ],
    reports: [
      'DaemonSet certctl-agents: container own-state: capabilities.add is ["DAC_OVERRIDE"]; remove it',
    ],
  },
  {
    rule: "certctl-read-only-root",
    title: "a root file system that can be written",
    set: [[server, `${container} securityContext readOnlyRootFilesystem`, false]],
    reports: ["Deployment certctl-server: container server: readOnlyRootFilesystem is false; set it to true"],
  },
  {
    rule: "certctl-seccomp",
    title: "a container whose system calls are not filtered",
    set: [[server, `${container} securityContext seccompProfile`, { type: "Unconfined" }]],
    reports: [
      'Deployment certctl-server: container server: seccompProfile.type is "Unconfined"; set it to RuntimeDefault',
    ],
  },
  {
    rule: "certctl-no-node-access",
    title: "a pod on the network of its node",
    set: [
      [server, `${pod} hostNetwork`, true],
      [server, `${container} ports https hostPort`, 443],
    ],
    reports: [
      "Deployment certctl-server: hostNetwork is true; remove it",
      "Deployment certctl-server: container server: hostPort is 443; remove it",
    ],
  },
  {
    rule: "certctl-host-paths",
    title: "a server that sees a directory of its node",
    set: [[server, `${pod} volumes host hostPath`, { path: "/etc" }]],
    reports: [
      'Deployment certctl-server: hostPath "/etc" is a directory of the node; only agents of kind DaemonSet may see one',
    ],
  },
  {
    rule: "certctl-host-paths",
    title: "an agent that writes to a scanned directory, or keeps its state in one of the system",
    set: [
      [agents, `${pod} containers agent volumeMounts host-0 readOnly`, false],
      [agents, `${pod} volumes state hostPath path`, "/var/lib/kubelet"],
    ],
    reports: [
      'DaemonSet certctl-agents: stateDirectory: "/var/lib/kubelet" belongs to the system; choose a directory of its own, such as /var/lib/certctl-agent',
      'DaemonSet certctl-agents: container agent may write to "/etc/ssl/certs" of the node; set readOnly: true',
    ],
  },
  {
    rule: "certctl-no-api-token",
    title: "a token for the Kubernetes API, by default or by a volume",
    set: [
      [postgres, `${pod} automountServiceAccountToken`, undefined],
      ["ServiceAccount certctl-server", "automountServiceAccountToken", true],
      [server, `${pod} volumes token projected`, { sources: [{ serviceAccountToken: { path: "token" } }] }],
    ],
    reports: [
      "StatefulSet certctl-postgres: automountServiceAccountToken is not set; set it to false",
      "ServiceAccount certctl-server: automountServiceAccountToken is true; set it to false",
      "Deployment certctl-server: a projected volume holds a serviceAccountToken; remove it",
    ],
  },
  {
    rule: "certctl-image-digests",
    title: "an image without a digest",
    set: [
      [server, `${container} image`, "registry.example.com/certctl-server:v2.1.7"],
      [
        "Job certctl-migrate",
        `${pod} containers migrate image`,
        "registry.example.com/certctl-server:v2.1.7",
      ],
    ],
    reports: ["Job certctl-migrate", "Deployment certctl-server"].map(
      (object) =>
        `${object}: image "registry.example.com/certctl-server:v2.1.7" has no digest; name it with @sha256:…`,
    ),
  },
];

const clusterCases: BadCase[] = [
  {
    rule: "certctl-restricted-namespaces",
    title: "a namespace that admits privileged pods",
    set: [["Namespace certctl", "metadata labels pod-security.kubernetes.io/enforce", "baseline"]],
    reports: ['Namespace certctl: pod-security.kubernetes.io/enforce is "baseline"; set it to restricted'],
  },
  {
    rule: "certctl-restricted-namespaces",
    title: "a namespace without a level that somebody else made for the pods",
    remove: ["Namespace certctl"],
    add: [object("v1", "Namespace", "certctl", {})],
    reports: ["Namespace certctl: pod-security.kubernetes.io/enforce is not set; set it to restricted"],
  },
  {
    rule: "certctl-no-api-rights",
    title: "a role of certctl, and a foreign one that is bound to its account",
    add: [
      object("rbac.authorization.k8s.io/v1", "ClusterRole", "certctl", { rules: [] }, labels("server")),
      object("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "reader", {
        subjects: [{ kind: "ServiceAccount", name: "certctl-server", namespace: "certctl" }],
      }),
    ],
    reports: [
      "ClusterRole certctl: certctl does not use the Kubernetes API; remove it",
      "ClusterRoleBinding reader: gives rights to certctl/certctl-server, with which certctl runs; remove it",
    ],
  },
];

const networkCases: BadCase[] = [
  {
    rule: "certctl-network-policies",
    title: "a pod that no policy selects",
    remove: ["NetworkPolicy certctl-database"],
    reports: [
      "StatefulSet certctl-postgres: no network policy with policyTypes Ingress selects its pods; add one",
      "StatefulSet certctl-postgres: no network policy with policyTypes Egress selects its pods; add one",
    ],
  },
  {
    rule: "certctl-network-policies",
    title: "a policy that opens everything",
    add: [
      object("networking.k8s.io/v1", "NetworkPolicy", "debug", {
        spec: {
          podSelector: {
            matchExpressions: [{ key: "app.kubernetes.io/component", operator: "In", values: ["database"] }],
          },
          ingress: [{}],
        },
      }),
    ],
    reports: [
      "StatefulSet certctl-postgres: a network policy of its pods opens every port to everybody; name peers or ports",
    ],
  },
  {
    rule: "certctl-closed-services",
    title: "a load balancer for everybody",
    set: [["Service certctl-server", "spec type", "LoadBalancer"]],
    reports: [
      "Service certctl-server: loadBalancerSourceRanges is not set, which admits every address; name the networks",
    ],
  },
  {
    rule: "certctl-closed-services",
    title: "source ranges that leave nobody out, and addresses without any",
    set: [
      ["Service certctl-server", "spec type", "LoadBalancer"],
      ["Service certctl-server", "spec loadBalancerSourceRanges", ["192.0.2.0/24", "0.0.0.0/0"]],
      ["Service certctl-server", "spec externalIPs", ["198.51.100.1"]],
    ],
    reports: [
      'Service certctl-server: loadBalancerSourceRanges admits "0.0.0.0/0"; the prefix of a range has 8 bits or more',
      'Service certctl-server: externalIPs is ["198.51.100.1"], which admits every address; remove it',
    ],
  },
  {
    rule: "certctl-closed-services",
    title: "a source range that is wider than configured",
    set: [
      ["Service certctl-server", "spec type", "LoadBalancer"],
      ["Service certctl-server", "spec loadBalancerSourceRanges", ["10.0.0.0/8"]],
    ],
    settings: { shortestPrefix: 16 },
    reports: [
      'Service certctl-server: loadBalancerSourceRanges admits "10.0.0.0/8"; the prefix of a range has 16 bits or more',
    ],
  },
  {
    rule: "certctl-closed-services",
    title: "a port on every node, by a Service without labels that selects the server",
    add: [
      object("v1", "Service", "door", {
        spec: { type: "NodePort", selector: labels("server"), sessionAffinity: "ClientIP" },
      }),
    ],
    reports: [
      "Service door: type NodePort opens a port on every node to every address; use ClusterIP or LoadBalancer",
    ],
  },
  {
    rule: "certctl-authentication",
    title: "a server without authentication behind an Ingress",
    set: [[server, `${env} CERTCTL_AUTH_TYPE value`, "none"]],
    add: [
      object("networking.k8s.io/v1", "Ingress", "front", {
        spec: { rules: [{ http: { paths: [{ backend: { service: { name: "certctl-server" } } }] } }] },
      }),
    ],
    reports: [
      "Deployment certctl-server: CERTCTL_AUTH_TYPE is none, and Ingress front leads to it from outside; use api-key or oidc",
    ],
  },
  {
    rule: "certctl-authentication",
    title: "a server without authentication behind a load balancer, or a route that cannot ask",
    set: [
      [server, `${env} CERTCTL_AUTH_TYPE value`, "none"],
      ["Service certctl-server", "spec type", "LoadBalancer"],
      ["Service certctl-server", "spec loadBalancerSourceRanges", ["192.0.2.0/24"]],
    ],
    add: [
      object("gateway.networking.k8s.io/v1", "TLSRoute", "pass", {
        spec: { rules: [{ backendRefs: [{ name: "certctl-server" }] }] },
      }),
    ],
    reports: [
      "Deployment certctl-server: CERTCTL_AUTH_TYPE is none, and Service certctl-server leads to it from outside; use api-key or oidc",
      "Deployment certctl-server: CERTCTL_AUTH_TYPE is none, and TLSRoute pass leads to it from outside; use api-key or oidc",
    ],
  },
];

/** Every stack that is refused, but for those of bad-state.ts. */
export const configurationCases: readonly BadCase[] = [...podCases, ...clusterCases, ...networkCases];
