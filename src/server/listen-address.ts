import type { AuthGatewaySettings } from "./auth-args";
import { AuthType } from "./auth-args";
import type { ServerSettings } from "./server-args";

/** Where certctl listens. */
export interface ListenAddress {
  host: string;
  port: number;
}

/** The gateway of a server, if there is one. */
export function authGateway({ auth }: Pick<ServerSettings, "auth">): AuthGatewaySettings | undefined {
  return auth?.type === AuthType.None ? auth.gateway : undefined;
}

// facts: refusals-to-start
/**
 * A server that believes everybody listens where only its own pod can call: anything else it would refuse.
 */
export function listenAddress(settings: Pick<ServerSettings, "auth"> & { port: number }): ListenAddress {
  const gateway = authGateway(settings);
  return gateway
    ? { host: "127.0.0.1", port: gateway.upstreamPort ?? 8444 }
    : { host: "0.0.0.0", port: settings.port };
}
