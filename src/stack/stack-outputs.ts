import * as pulumi from "@pulumi/pulumi";
import type { BackupBucket } from "../aws/backup-bucket";
import type { Certctl } from "../certctl";
import type { CertctlArgs } from "../certctl-args";

/**
 * What `pulumi stack output` shows: where the server is, and the commands to look at things. No secret is
 * among them.
 */
export function stackOutputs(
  certctl: Certctl,
  args: CertctlArgs,
  bucket?: BackupBucket,
): Record<string, pulumi.Input<unknown>> {
  const namespace = args.namespace ?? "certctl";
  const port = args.server?.port ?? 8443;
  const apiKeys = args.existingSecrets?.apiKeys ?? "certctl-api-keys";
  const kubectl = `kubectl --namespace ${namespace}`;
  return {
    url: certctl.url,
    namespace,
    service: "certctl-server",
    ...(certctl.exposure && { publicUrls: certctl.exposure.urls }),
    ...(args.tlsCaCertificate !== undefined && { caCertificate: args.tlsCaCertificate }),
    ...(bucket && { backupBucket: bucket.sink }),
    commands: {
      adminKey: pulumi.interpolate`${kubectl} get secret ${apiKeys} --output go-template='{{.data.admin | base64decode}}'`,
      pods: `${kubectl} get pods --output wide`,
      serverLogs: `${kubectl} logs deployment/certctl-server --container server --follow`,
      migrationLogs: `${kubectl} logs --selector app.kubernetes.io/component=migration --all-containers`,
      provisioningLogs: `${kubectl} logs --selector app.kubernetes.io/component=provisioning`,
      portForward: `${kubectl} port-forward service/certctl-server ${String(port)}:${String(port)}`,
      database: `${kubectl} exec --stdin --tty certctl-postgres-0 -- psql --username certctl certctl`,
    },
  };
}
