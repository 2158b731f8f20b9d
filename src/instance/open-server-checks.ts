import type { CertctlArgs } from "../certctl-args";
import type { Issue } from "../checks/issues";
import { joinPath, issueIf } from "../checks/issues";
import { AlbScheme } from "../exposure/exposure-args";
import { AuthType } from "../server/auth-args";
import { ServiceType } from "../server/server-args";

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
