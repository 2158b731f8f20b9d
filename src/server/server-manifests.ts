import type * as k8s from "@pulumi/kubernetes";
import { databaseClient, databaseUrl } from "../database/database";
import { waitForDatabase } from "../database/wait-for-database";
import { pullSecretFields } from "../images/images";
import { configMapVolume, literalVariables, secretVariable } from "../kubernetes/environment";
import type { EnvVar } from "../kubernetes/environment";
import { objectLabels, selectorLabels } from "../kubernetes/labels";
import { readyTimeout } from "../kubernetes/ready-timeout";
import { scriptResources } from "../kubernetes/resources";
import { preferOtherNodes, schedulingFields, spreadOverZonesAndNodes } from "../kubernetes/scheduling";
import { certctlUser, restrictedContainer, restrictedPod } from "../kubernetes/security";
import { namedKeyVariables, requiredKeyVariables } from "../secrets/api-keys";
import { gatewayParts } from "./auth-gateway";
import { authGateway, listenAddress } from "./listen-address";
import { ServiceType, SessionAffinity } from "./server-args";
import { serverVariables } from "./server-environment";
import { issuingCaFiles, scratchVolume, serverTlsFiles } from "./files/tls-files";
import { mountedFiles } from "./files/mounted-files";
import type { ServerManifestInput } from "./server-input";
import { gracePeriodSeconds } from "./server-settings";
import type { ResolvedServer } from "./server-settings";
import { fileMounts } from "./files/setting-files";

type Container = k8s.types.input.core.v1.Container;
/** Rolls the pods after a restore: what they know of the database is from before. */
export const restoredAnnotation = "certctl.io/restored";

/**
 * The Service. Not awaited, because the Deployment is, and the provider would look for endpoints ten seconds
 * long; only a load balancer's address is waited for.
 */
export function serverService(input: ServerManifestInput): k8s.types.input.core.v1.Service {
  const { service, port } = input.settings;
  const sticky = service.sessionAffinity === SessionAffinity.ClientIP;
  const skipAwait: Record<string, string> =
    service.type === ServiceType.LoadBalancer ? {} : { "pulumi.com/skipAwait": "true" };
  return {
    metadata: { ...metadata(input), annotations: { ...service.annotations, ...skipAwait } },
    spec: {
      type: service.type,
      selector: selectorLabels(input, "server"),
      ports: [{ name: "https", port, targetPort: "https", appProtocol: "https" }],
      sessionAffinity: service.sessionAffinity,
      ...(service.externalTrafficPolicy && { externalTrafficPolicy: service.externalTrafficPolicy }),
      ...(service.sourceRanges && { loadBalancerSourceRanges: service.sourceRanges }),
      ...(sticky && {
        sessionAffinityConfig: {
          clientIP: { timeoutSeconds: service.sessionAffinityTimeoutSeconds ?? 10800 },
        },
      }),
    },
  };
}

/** The pods' identity: without a token, because certctl does not use the Kubernetes API. */
export function serverServiceAccount(input: ServerManifestInput): k8s.types.input.core.v1.ServiceAccount {
  const annotations = input.settings.serviceAccount?.annotations ?? {};
  return {
    metadata: { ...metadata(input), ...(Object.keys(annotations).length > 0 && { annotations }) },
    automountServiceAccountToken: false,
  };
}

/** The Deployment. */
export function serverDeployment(input: ServerManifestInput): k8s.types.input.apps.v1.Deployment {
  return {
    metadata: { ...metadata(input), ...readyTimeout(input.readyTimeoutSeconds) },
    spec: {
      replicas: input.settings.replicas,
      // A new pod is ready before an old one stops; the preference for other nodes cannot block it.
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: selectorLabels(input, "server") },
      template: {
        metadata: {
          labels: objectLabels(input, "server"),
          annotations: {
            "certctl.io/secrets-checksum": input.secretsChecksum,
            ...(input.restored !== undefined && { [restoredAnnotation]: input.restored }),
          },
        },
        spec: serverPod(input),
      },
    },
  };
}

function serverPod(input: ServerManifestInput): k8s.types.input.core.v1.PodSpec {
  const { settings, images } = input;
  const selector = selectorLabels(input, "server");
  const client = databaseClient(input.connection);
  const tls = serverTlsFiles(input.tlsSecret);
  const issuingCa = issuingCaFiles(input.issuingCa);
  const files = mountedFiles([...(settings.mounts ?? []), ...fileMounts(settings)], images);
  const listen = listenAddress(settings);
  const port = literalVariables({ CERTCTL_SERVER_PORT: String(listen.port) });
  const gateway = gatewayParts(input);
  return {
    serviceAccountName: input.name,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // The reload sidecar signals the server's process.
    shareProcessNamespace: true,
    ...pullSecretFields(images),
    ...schedulingFields(settings.scheduling, preferOtherNodes(selector)),
    ...spreadOverZonesAndNodes(selector),
    terminationGracePeriodSeconds: gracePeriodSeconds(settings.lifecycle),
    securityContext: restrictedPod(certctlUser),
    initContainers: [
      waitForDatabase(images, client),
      ...files.initContainers,
      ...gateway.initContainers,
      reloadSidecar(input, [
        ...port,
        ...tls.env.filter(({ name }) => name === "CERTCTL_SERVER_TLS_CERT_PATH"),
      ]),
    ],
    containers: [
      {
        name: "server",
        image: images.server,
        imagePullPolicy: images.pullPolicy,
        terminationMessagePolicy: "FallbackToLogsOnError",
        ...(!authGateway(settings) && { ports: [{ name: "https", containerPort: settings.port }] }),
        env: [
          ...literalVariables(serverVariables(settings)),
          ...serverSecretVariables(input),
          { name: "CERTCTL_DATABASE_URL", value: databaseUrl(input.connection) },
          client.password,
          ...client.rootCertificate,
          ...tls.env,
          ...issuingCa.env,
          ...(input.migratedByJob ? literalVariables({ CERTCTL_MIGRATIONS_VIA_HOOK: "true" }) : []),
        ],
        lifecycle: { preStop: { sleep: { seconds: settings.lifecycle.preStopSeconds } } },
        securityContext: restrictedContainer(),
        ...probes(settings),
        resources: settings.resources,
        volumeMounts: [
          ...tls.mounts,
          ...issuingCa.mounts,
          ...client.mounts,
          ...files.mounts,
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
      ...gateway.containers,
    ],
    volumes: [
      ...tls.volumes,
      ...issuingCa.volumes,
      ...client.volumes,
      ...files.volumes,
      ...gateway.volumes,
      configMapVolume("scripts", input.scripts),
      scratchVolume,
    ],
  };
}

function serverSecretVariables(input: ServerManifestInput): EnvVar[] {
  const existing = input.settings.envFromSecrets ?? {};
  return [
    secretVariable("CERTCTL_CONFIG_ENCRYPTION_KEY", input.encryptionKey),
    ...namedKeyVariables(input.apiKeys, input.previousDuties),
    ...requiredKeyVariables(input.apiKeys),
    ...Object.entries({ ...input.variables, ...existing }).map(([name, source]) =>
      secretVariable(name, source),
    ),
  ];
}

/** A native sidecar (an init container that keeps running): it starts before the server and ends after it. */
function reloadSidecar(input: ServerManifestInput, env: EnvVar[]): Container {
  return {
    name: "reload-tls",
    image: input.images.server,
    imagePullPolicy: input.images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    restartPolicy: "Always",
    command: ["sh", "/scripts/reload-tls.sh"],
    env,
    securityContext: restrictedContainer(),
    resources: scriptResources,
    volumeMounts: [
      { name: "tls", mountPath: "/etc/certctl/tls", readOnly: true },
      { name: "scripts", mountPath: "/scripts", readOnly: true },
    ],
  };
}

/**
 * By HTTPS, which the kubelet does not verify. Liveness does not ask the database: a restart would not mend
 * it. The kubelet calls the pod's address, so a server that listens on loopback is asked from inside.
 */
function probes(
  settings: ResolvedServer,
): Pick<Container, "startupProbe" | "readinessProbe" | "livenessProbe"> {
  const { host, port } = listenAddress(settings);
  const ask = (path: string): string[] => [
    "curl",
    "-ksf",
    "--max-time",
    "3",
    "--output",
    "/dev/null",
    `https://${host}:${port}${path}`,
  ];
  const get = (path: string) =>
    authGateway(settings)
      ? { exec: { command: ask(path) } }
      : { httpGet: { path, port: "https", scheme: "HTTPS" } };
  return {
    startupProbe: {
      ...get("/health"),
      periodSeconds: 2,
      failureThreshold: Math.ceil(settings.lifecycle.startupTimeoutSeconds / 2),
    },
    readinessProbe: {
      ...get("/ready"),
      periodSeconds: 5,
      timeoutSeconds: 3,
      failureThreshold: 2,
      ...settings.readinessProbe,
    },
    livenessProbe: {
      ...get("/health"),
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 3,
      ...settings.livenessProbe,
    },
  };
}

function metadata(input: ServerManifestInput): k8s.types.input.meta.v1.ObjectMeta {
  return { name: input.name, namespace: input.namespace, labels: objectLabels(input, "server") };
}
