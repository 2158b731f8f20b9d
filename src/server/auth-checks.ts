import type { Issue } from "../checks/issues";
import { issueIf, joinPath, show, under } from "../checks/issues";
import { resourceIssues } from "../kubernetes/kubernetes-checks";
import { AuthType } from "./auth-args";
import type { AuthGatewaySettings } from "./auth-args";
import { mountIssues } from "./files/file-checks";
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
