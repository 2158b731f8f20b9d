import type * as pulumi from "@pulumi/pulumi";
import type { DatabaseConnection } from "../database/database";
import type { Images } from "../images/images";
import type { SecretKey } from "../kubernetes/environment";
import type { LabelSource } from "../kubernetes/labels";
import type { ResolvedServer } from "./server-settings";

/** What the manifests of a server are made from. */
export interface ServerManifestInput extends LabelSource {
  name: string;
  namespace: pulumi.Input<string>;
  settings: ResolvedServer;
  readyTimeoutSeconds?: number;
  images: Images;
  connection: DatabaseConnection;
  tlsSecret: pulumi.Input<string>;
  issuingCa?: pulumi.Input<string>;
  encryptionKey: SecretKey;
  apiKeys: pulumi.Input<string>;
  previousDuties: readonly string[];
  /** Further secret variables, by name. */
  variables: Record<string, SecretKey>;
  /** Whether a Job migrates the schema, so that the server must not (`CERTCTL_MIGRATIONS_VIA_HOOK`). */
  migratedByJob: boolean;
  /** The restore that the pods start after. */
  restored?: string;
  /** Changes when a Secret changes that the server reads. */
  secretsChecksum: pulumi.Input<string>;
  /** ConfigMap with reload-tls.sh. */
  scripts: pulumi.Input<string>;
}
