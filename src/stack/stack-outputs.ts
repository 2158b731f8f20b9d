import * as pulumi from "@pulumi/pulumi";
import type { BackupBucket } from "../aws/backup-bucket";
import type { Certctl } from "../certctl";
import type { CertctlArgs } from "../certctl-args";
import { instanceSettings } from "../instance/instance-settings";
import { stackInstance } from "../kubernetes/names";

/**
 * What `pulumi stack output` shows: where the server is, and the commands to look at things. No secret is
 * among them.
 */
export function stackOutputs(
  certctl: Certctl,
  args: CertctlArgs,
  bucket?: BackupBucket,
): Record<string, pulumi.Input<unknown>> {
  const { names, namespace, server } = instanceSettings(args, stackInstance);
  const apiKeys = args.existingSecrets?.apiKeys ?? names.apiKeys;
  const kubectl = `kubectl --namespace ${namespace}`;
  const decoded = "go-template='{{.data.admin | base64decode}}'";
  return {
    url: certctl.url,
    namespace,
    service: names.server,
    ...(certctl.exposure && { publicUrls: certctl.exposure.urls }),
    ...(args.tlsCaCertificate !== undefined && { caCertificate: args.tlsCaCertificate }),
    ...(bucket && { backupBucket: bucket.sink }),
    commands: {
      adminKey: pulumi.interpolate`${kubectl} get secret ${apiKeys} --output ${decoded}`,
      pods: `${kubectl} get pods --output wide`,
      serverLogs: `${kubectl} logs deployment/${names.server} --container server --follow`,
      migrationLogs: `${kubectl} logs --selector app.kubernetes.io/component=migration --all-containers`,
      provisioningLogs: `${kubectl} logs --selector app.kubernetes.io/component=provisioning`,
      portForward: `${kubectl} port-forward service/${names.server} ${server.port}:${server.port}`,
      database: `${kubectl} exec --stdin --tty ${names.postgres}-0 -- psql --username certctl certctl`,
    },
  };
}
