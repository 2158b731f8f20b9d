import type * as k8s from "@pulumi/kubernetes";
import { mergeResources } from "../fleet-size";
import { literalVariables, secretVariable } from "../kubernetes/environment";
import type { Volume } from "../kubernetes/environment";
import { derive } from "../kubernetes/inputs";
import { restrictedContainer } from "../kubernetes/security";
import { keyVariables } from "../secrets/api-keys";
import { AuthType } from "./auth-args";
import type { AuthGatewaySettings } from "./auth-args";
import type { ServerSettings } from "./server-args";
import { serverTlsFiles } from "./server-files";
import type { ServerManifestInput } from "./server-manifests";
import { mountedFiles } from "./server-mounts";

type Container = k8s.types.input.core.v1.Container;

/** Where certctl listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** The gateway of a server, if there is one. */
export function authGateway({ auth }: Pick<ServerSettings, "auth">): AuthGatewaySettings | undefined {
  return auth?.type === AuthType.None ? auth.gateway : undefined;
}

/**
 * A server that believes everybody listens where only its own pod can call: anything else it would refuse
 * (certctl facts 1.4).
 */
export function listenAddress(settings: Pick<ServerSettings, "auth"> & { port: number }): ListenAddress {
  const gateway = authGateway(settings);
  return gateway
    ? { host: "127.0.0.1", port: gateway.upstreamPort ?? 8444 }
    : { host: "0.0.0.0", port: settings.port };
}

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
