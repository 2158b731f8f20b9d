import type * as k8s from "@pulumi/kubernetes";
import { literalVariables, secretVariable } from "../kubernetes/environment";
import type { Volume } from "../kubernetes/environment";
import { derive } from "../kubernetes/inputs";
import { mergeResources } from "../kubernetes/resources";
import { restrictedContainer } from "../kubernetes/security";
import { keyVariables } from "../secrets/api-keys";
import { authGateway, listenAddress } from "./listen-address";
import { serverTlsFiles } from "./files/tls-files";
import { mountedFiles } from "./files/mounted-files";
import type { ServerManifestInput } from "./server-input";

type Container = k8s.types.input.core.v1.Container;

/** What a pod needs for its gateway. */
export interface GatewayParts {
  containers: Container[];
  initContainers: Container[];
  volumes: Volume[];
}

/** The gateway's container and its files; nothing where there is none. */
export function gatewayParts(input: ServerManifestInput): GatewayParts {
  const { settings, images, name, namespace } = input;
  const gateway = authGateway(settings);
  if (!gateway) return { containers: [], initContainers: [], volumes: [] };
  const files = mountedFiles(gateway.mounts ?? [], images, "gateway-files");
  const upstream = listenAddress(settings);
  const answers = { tcpSocket: { port: "https" } };
  const container: Container = {
    name: "gateway",
    image: gateway.image,
    imagePullPolicy: images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    ...(gateway.args && { args: gateway.args }),
    ports: [{ name: "https", containerPort: settings.port }],
    env: [
      ...literalVariables({
        CERTCTL_UPSTREAM: `https://${upstream.host}:${upstream.port}`,
        CERTCTL_UPSTREAM_NAME: derive([namespace], (ns) => `${name}.${ns}.svc`),
        GATEWAY_PORT: String(settings.port),
        ...gateway.env,
      }),
      ...keyVariables(input.apiKeys, input.previousDuties),
      ...Object.entries(gateway.envFromSecrets ?? {}).map(([variable, source]) =>
        secretVariable(variable, source),
      ),
    ],
    lifecycle: { preStop: { sleep: { seconds: settings.lifecycle.preStopSeconds } } },
    securityContext: restrictedContainer(),
    startupProbe: { ...answers, periodSeconds: 2, failureThreshold: 30 },
    readinessProbe: { ...answers, periodSeconds: 5, failureThreshold: 2 },
    livenessProbe: { ...answers, periodSeconds: 10, failureThreshold: 3 },
    resources: mergeResources(
      { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
      gateway.resources,
    ),
    volumeMounts: [
      ...serverTlsFiles(input.tlsSecret).mounts,
      ...files.mounts,
      { name: "gateway-tmp", mountPath: "/tmp" },
    ],
  };
  return {
    containers: [container],
    initContainers: files.initContainers,
    volumes: [...files.volumes, { name: "gateway-tmp", emptyDir: {} }],
  };
}
