import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import type { Images } from "../images/images";
import { pullSecretFields } from "../images/images";
import { literalVariables, memoryVolume, secretVolume } from "../kubernetes/environment";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { readScript } from "../kubernetes/scripts";
import { certctlUser, restrictedContainer, restrictedPod } from "../kubernetes/security";
import { schedulingFields } from "../kubernetes/scheduling";
import type { Scheduling } from "../kubernetes/types";
import { AuthType } from "../server/auth-args";
import { trustFiles } from "../tls/trust";
import type { Trust } from "../tls/trust";
import type { ResolvedProvisioning } from "./provisioning-settings";

/** What the provisioning Job is made from. */
export interface ProvisioningManifestInput extends LabelSource {
  images: Images;
  settings: ResolvedProvisioning;
  serverUrl: pulumi.Input<string>;
  apiKeys: pulumi.Input<string>;
  trust: Trust;
  /** Changes when the server's pods or the admin key do: the Job then runs again. */
  revision: pulumi.Input<string>;
  scheduling?: Scheduling;
  /** How the server's callers prove who they are. */
  authType?: AuthType;
}

const script = readScript(__dirname, "provision.sh");

/**
 * The Job: the server's image with a shell script, and the only pod besides the server that is given the
 * admin key.
 */
export function provisioningJobSpec(input: ProvisioningManifestInput): k8s.types.input.batch.v1.JobSpec {
  const trust = trustFiles(input.trust);
  return {
    backoffLimit: input.settings.backoffLimit,
    activeDeadlineSeconds: input.settings.activeDeadlineSeconds,
    template: {
      metadata: {
        labels: objectLabels(input, "provisioning"),
        annotations: { "certctl.io/server-revision": input.revision },
      },
      spec: {
        restartPolicy: "Never",
        automountServiceAccountToken: false,
        enableServiceLinks: false,
        ...pullSecretFields(input.images),
        ...schedulingFields(input.scheduling),
        securityContext: restrictedPod(certctlUser),
        containers: [
          {
            name: "provision",
            image: input.images.server,
            imagePullPolicy: input.images.pullPolicy,
            terminationMessagePolicy: "FallbackToLogsOnError",
            command: ["sh", "-c", script],
            env: literalVariables({
              CERTCTL_SERVER_URL: input.serverUrl,
              ...(input.authType === AuthType.None && { CERTCTL_AUTH_TYPE: AuthType.None }),
              ...(trust.path !== undefined && { CERTCTL_SERVER_CA_BUNDLE_PATH: trust.path }),
            }),
            securityContext: restrictedContainer(),
            resources: input.settings.resources,
            volumeMounts: [
              { name: "keys", mountPath: "/etc/certctl/keys", readOnly: true },
              ...trust.mounts,
              { name: "tmp", mountPath: "/tmp" },
            ],
          },
        ],
        volumes: [
          secretVolume("keys", input.apiKeys, { admin: "admin" }),
          ...trust.volumes,
          memoryVolume("tmp", "8Mi"),
        ],
      },
    },
  };
}
