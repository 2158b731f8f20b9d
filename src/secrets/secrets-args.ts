import type * as pulumi from "@pulumi/pulumi";
import type { ObjectName } from "../kubernetes/types";

/** Secret configuration. `npm run secrets -- <stack>` makes what is missing, once. */
export interface CertctlSecrets {
  /** Password of the database role. Any characters but NUL and line breaks. @secret */
  databasePassword?: pulumi.Input<string>;
  // facts: the-encryption-key
  /**
   * Key that encrypts issuer and target configurations in the database (`CERTCTL_CONFIG_ENCRYPTION_KEY`): at
   * least 32 bytes. It must never change or be lost.
   *
   * @secret
   */
  encryptionKey?: pulumi.Input<string>;
  /** API keys by duty. @secret */
  apiKeys?: pulumi.Input<ApiKeys>;
  /** Keys that still work during a rotation, besides `apiKeys`. @secret */
  previousApiKeys?: PreviousApiKeys;
  // facts: the-local-ca
  /**
   * PEM certificate of the CA that the issuer `iss-local` signs with.
   *
   * @default a new one per process, lost at each restart
   * @secret
   */
  caCertificate?: pulumi.Input<string>;
  /** PEM private key of `caCertificate`. @secret */
  caPrivateKey?: pulumi.Input<string>;
  /** PEM certificate chain of the server; with `tls.mode: provided`. @secret */
  tlsCertificate?: pulumi.Input<string>;
  /** PEM private key of `tlsCertificate`. @secret */
  tlsPrivateKey?: pulumi.Input<string>;
  /** PEM certificates of the CAs that agents and Jobs trust. Not secret. */
  tlsCaCertificate?: pulumi.Input<string>;
  /** Password of the mail server (`CERTCTL_SMTP_PASSWORD`). @secret */
  smtpPassword?: pulumi.Input<string>;
  /**
   * Secret environment variables of certctl, by name, such as `CERTCTL_SLACK_WEBHOOK_URL`.
   *
   * @default {}
   * @secret
   */
  secretEnv?: Record<string, pulumi.Input<string>>;
}

/** One API key per duty: at least 32 characters, without `:`, `,` and spaces. */
export interface ApiKeys {
  /** All rights. Never given to an agent. */
  admin: pulumi.Input<string>;
  // facts: registration
  /** Registers agents; also the agent bootstrap token. */
  enroll: pulumi.Input<string>;
  /** Heartbeats and jobs of all agents. */
  fleet: pulumi.Input<string>;
  /** Scrapes metrics. */
  metrics: pulumi.Input<string>;
}

/** Keys that are being replaced. */
export interface PreviousApiKeys {
  /** Earlier admin key. */
  admin?: pulumi.Input<string>;
  /** Earlier fleet key. */
  fleet?: pulumi.Input<string>;
  /** Earlier metrics key. */
  metrics?: pulumi.Input<string>;
}

/** Names of Secrets that exist already. Pods that read them are not restarted when they change. */
export interface ExistingSecrets {
  /** Secret with the key `password`, instead of `databasePassword`. */
  databasePassword?: pulumi.Input<ObjectName>;
  /** Secret with the key `key`, instead of `encryptionKey`. */
  encryptionKey?: pulumi.Input<ObjectName>;
  /**
   * Secret with the keys `admin`, `enroll`, `fleet` and `metrics`, instead of `apiKeys`. Node agents need one
   * with `enroll` and `fleet` in their namespace.
   */
  apiKeys?: pulumi.Input<ObjectName>;
  /** Secret with the keys `tls.crt` and `tls.key`, instead of `caCertificate` and `caPrivateKey`. */
  issuingCa?: pulumi.Input<ObjectName>;
}
