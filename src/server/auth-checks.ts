import type { CertctlArgs } from "../certctl-args";
import type { Issue } from "../config/issues";
import { issueIf, joinPath, show, under } from "../config/issues";
import { AlbScheme } from "../exposure/exposure-args";
import { resourceIssues } from "../kubernetes/kubernetes-checks";
import { AuthType } from "./auth-args";
import type { AuthGatewaySettings } from "./auth-args";
import { mountIssues } from "./file-checks";
import { ServiceType } from "./server-args";
import type { ServerSettings } from "./server-args";

/** What is wrong with how a server's callers prove who they are. */
export function authIssues({ auth = {}, port = 8443 }: ServerSettings): Issue[] {
  const { type, gateway } = auth;
  const missing =
    "is missing; with type none certctl takes every caller for an administrator, so a gateway in its pod must be the only way in; without one use type api-key or oidc";
  return [
    ...issueIf(type === AuthType.None && !gateway, "gateway", missing),
    ...issueIf(
      type !== AuthType.None && gateway !== undefined,
      "gateway",
      "has no effect without type: none",
    ),
    ...under("gateway", gateway ? gatewayIssues(gateway, port) : []),
  ];
}

function gatewayIssues(
  { upstreamPort = 8444, env = {}, envFromSecrets = {}, mounts, resources }: AuthGatewaySettings,
  port: number,
): Issue[] {
  const taken = Object.entries({ env, envFromSecrets }).flatMap(([key, variables]) =>
    Object.keys(variables)
      .filter((name) => /^(CERTCTL_|API_KEY_|GATEWAY_PORT$)/.test(name))
      .map((name) => ({ path: joinPath(key, name), message: "is set for the gateway; choose another name" })),
  );
  return [
    ...issueIf(
      upstreamPort === port,
      "upstreamPort",
      `${show(upstreamPort)} is server.port, where the gateway listens; choose another`,
    ),
    ...taken,
    ...under("mounts", mountIssues(mounts ?? [])),
    ...under("resources", resourceIssues(resources)),
  ];
}

/** What would open a server that believes everybody, or never reach it: with `type: none` only. */
export function openServerIssues({ server, network, exposure }: CertctlArgs): Issue[] {
  if (server?.auth?.type !== AuthType.None) return [];
  const { type = ServiceType.ClusterIP } = server.service ?? {};
  const open =
    "would be an open address of a server that authenticates nobody itself (server.auth.type: none)";
  const { est, scep } = server;
  const mutualTls = Object.entries({ est, scep }).flatMap(([protocol, settings]) =>
    Object.entries(settings?.profiles ?? {})
      .filter(([, { clientCas }]) => clientCas !== undefined)
      .map(([name]) => `${joinPath(`server.${protocol}.profiles`, name)}.clientCas`),
  );
  return [
    ...issueIf(
      type !== ServiceType.ClusterIP,
      "server.service.type",
      `${type} ${open}; use ClusterIP, and exposure for clients outside`,
    ),
    ...issueIf(
      network?.enabled === false,
      "network.enabled",
      "false leaves a server open that authenticates nobody itself; remove it",
    ),
    ...issueIf(
      exposure?.ingress?.alb?.scheme === AlbScheme.InternetFacing,
      "exposure.ingress.alb.scheme",
      `internet-facing ${open}; use internal`,
    ),
    ...mutualTls.map((path) => ({
      path,
      message: "has no effect with server.auth.type: none: clients' certificates end at the gateway",
    })),
  ];
}
