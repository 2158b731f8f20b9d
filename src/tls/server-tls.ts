import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { contentConfigMap } from "../kubernetes/scripts";
import { certificateResource } from "./certificate";
import { serverTlsIssues } from "./server-tls-checks";
import { TlsMode, TrustMode } from "./tls-args";
import type { TlsSettings } from "./tls-args";
import { resolveTls, trustKey } from "./tls-settings";
import type { Trust } from "./trust";

/** Arguments of the server's certificate. */
export interface ServerTlsArgs extends LabelSource {
  /** Namespace of the certificate. */
  namespace: pulumi.Input<string>;
  /** Source of the certificate, and what clients trust. */
  tls?: TlsSettings;
  /** DNS names of the Service. */
  dnsNames: string[];
  /** PEM certificate chain; with `mode: provided`. */
  tlsCertificate?: pulumi.Input<string>;
  /** PEM private key; with `mode: provided`. */
  tlsPrivateKey?: pulumi.Input<string>;
  /** PEM certificates of the CAs that clients trust. */
  tlsCaCertificate?: pulumi.Input<string>;
}

const contract: Contract<ServerTlsArgs> = {
  others: {
    ...partArguments,
    instance: needs("ObjectName", "the name of the instance"),
    tls: takes("setting"),
    dnsNames: needs("texts", "the DNS names of the server's Service"),
    tlsCertificate: takes("setting"),
    tlsPrivateKey: takes("setting"),
    tlsCaCertificate: takes("setting"),
  },
  issues: serverTlsIssues,
};

/**
 * The server's certificate as a Secret, from one of three sources, and the CA certificates that its clients
 * trust.
 */
export class ServerTls extends pulumi.ComponentResource {
  /** Secret with `tls.crt` and `tls.key`. */
  public readonly secretName: pulumi.Input<string>;
  /** What clients in the instance's namespace trust. */
  public readonly trust: Trust;
  /** PEM certificates of the CAs, for clients in another namespace; only with `trust.mode: caCertificate`. */
  public readonly caCertificate?: pulumi.Input<string>;

  constructor(name: string, args: ServerTlsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:ServerTls", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const tls = args.tls ?? {};
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const labels = objectLabels(args, "tls");
    const metadata = { name, namespace: args.namespace, labels };

    this.secretName = name;
    if (tls.mode === TlsMode.ExistingSecret) {
      this.secretName = tls.existingSecret?.name ?? "";
    } else if (tls.mode === TlsMode.CertManager && tls.certManager) {
      new k8s.apiextensions.CustomResource(
        name,
        certificateResource(metadata, tls, tls.certManager, args.dnsNames),
        child,
      );
    } else {
      new k8s.core.v1.Secret(
        name,
        {
          metadata,
          type: "kubernetes.io/tls",
          stringData: {
            "tls.crt": args.tlsCertificate ?? "",
            "tls.key": pulumi.secret(args.tlsPrivateKey ?? ""),
          },
        },
        child,
      );
    }
    const mode = resolveTls(tls, args.tlsCaCertificate !== undefined).trustMode;
    this.caCertificate = mode === TrustMode.CaCertificate ? args.tlsCaCertificate : undefined;
    this.trust = this.clientTrust(name, mode, tls, args, child);
    this.registerOutputs({ secretName: this.secretName });
  }

  private clientTrust(
    name: string,
    mode: TrustMode,
    tls: TlsSettings,
    args: ServerTlsArgs,
    child: pulumi.CustomResourceOptions,
  ): Trust {
    switch (mode) {
      case TrustMode.CaCertificate: {
        const labels = objectLabels(args, "tls");
        const data = { "ca.crt": args.tlsCaCertificate ?? "" };
        return {
          configMap: contentConfigMap(`${name}-ca`, { namespace: args.namespace, labels, data }, child).name,
          key: trustKey,
        };
      }
      case TrustMode.TlsSecret:
        return { secret: this.secretName, key: trustKey };
      case TrustMode.ConfigMap:
        return { configMap: tls.trust?.configMap?.name ?? "", key: tls.trust?.configMap?.key ?? trustKey };
      case TrustMode.SystemRoots:
        return { systemRoots: true };
    }
  }
}
