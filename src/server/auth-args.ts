import type * as pulumi from "@pulumi/pulumi";
import type { Port, Resources, ImageReference, MountSettings, SecretKeyReference } from "../kubernetes/types";
/** How callers of the API prove who they are. */
export const AuthType = {
  /** By a named API key. */
  ApiKey: "api-key",
  /** By a login at an identity provider; named API keys work too. */
  Oidc: "oidc",
  /** Not at all: certctl takes everybody for one administrator. Only behind `gateway`. */
  None: "none",
} as const;
export type AuthType = (typeof AuthType)[keyof typeof AuthType];

/** How callers prove who they are. */
export interface AuthSettings {
  /** `jwt` is refused: certctl has removed it. @default api-key */
  type?: AuthType;
  /** The gateway that asks callers who they are; only with `type: none`, and then required. */
  gateway?: AuthGatewaySettings;
}

/**
 * An authenticating gateway, as a container of each server pod. It takes the server's place at `server.port`,
 * with the same certificate (`/etc/certctl/tls/tls.crt`, `tls.key`), and hands on to `CERTCTL_UPSTREAM`, a
 * loopback address where nobody else can call certctl, whose certificate is for the name
 * `CERTCTL_UPSTREAM_NAME`. Agents, the provisioning Job and Prometheus come through it, too, with the API
 * keys that it finds in `API_KEY_ADMIN`, `API_KEY_ENROLL`, `API_KEY_FLEET` and `API_KEY_METRICS` (and
 * `API_KEY_PREVIOUS_…`). What each of them may do is the gateway's to decide.
 */
export interface AuthGatewaySettings {
  /**
   * Container image of the gateway. It runs as user 1000 with a read-only root file system; `/tmp` is
   * writable.
   */
  image: pulumi.Input<ImageReference>;
  /** Arguments of the container. @default those of the image */
  args?: string[];
  /** Environment variables. @default {} */
  env?: Record<string, string>;
  /** Environment variables from Secrets that exist already, by variable. @default {} */
  envFromSecrets?: Record<string, SecretKeyReference>;
  /**
   * Its configuration and what else it reads: existing Secrets and ConfigMaps, mounted read-only.
   *
   * @default []
   */
  mounts?: MountSettings[];
  /** Loopback port of certctl behind it (`CERTCTL_SERVER_PORT`). @default 8444 */
  upstreamPort?: Port;
  /** CPU and memory of the container. @default 50m and 64Mi requested, 500m and 256Mi at most */
  resources?: Resources;
}
