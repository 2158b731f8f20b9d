import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import type { SecretKey } from "../kubernetes/environment";
import { secretChecksum } from "../kubernetes/hash";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { instanceNames } from "../kubernetes/names";
import { dataProtection } from "../kubernetes/protection";
import { keyOf, serverKeys } from "./api-keys";
import { instanceSecretsIssues } from "./instance-secrets-checks";
import type { CertctlSecrets, ExistingSecrets } from "./secrets-args";

/** Arguments of the Secrets of an instance. */
export interface InstanceSecretsArgs extends CertctlSecrets, LabelSource {
  /** Namespace of the Secrets. */
  namespace: pulumi.Input<string>;
  /** Secrets that exist already, instead of the values above. */
  existingSecrets?: ExistingSecrets;
  /** Protect keys from deletion. @default true */
  deletionProtection?: boolean;
}

const contract: Contract<InstanceSecretsArgs> = {
  others: {
    ...partArguments,
    instance: needs("ObjectName", "the name of the instance"),
    databasePassword: takes("setting"),
    encryptionKey: takes("setting"),
    apiKeys: takes("setting"),
    previousApiKeys: takes("setting"),
    caCertificate: takes("setting"),
    caPrivateKey: takes("setting"),
    tlsCertificate: takes("setting"),
    tlsPrivateKey: takes("setting"),
    tlsCaCertificate: takes("setting"),
    smtpPassword: takes("setting"),
    secretEnv: takes("setting"),
    existingSecrets: takes("setting"),
    deletionProtection: takes("setting"),
  },
  issues: instanceSecretsIssues,
};

/**
 * The server's Secrets, one per duty: the encryption key, the API keys, the issuing CA, and further secret
 * variables. Each is created from secret configuration, or exists already.
 */
export class InstanceSecrets extends pulumi.ComponentResource {
  /** Key that encrypts issuer configurations in the database. */
  public readonly encryptionKey: SecretKey;
  /** Secret with the keys `admin`, `enroll`, `fleet`, `metrics`. */
  public readonly apiKeys: pulumi.Input<string>;
  /** Duties whose earlier keys still work; the Secret holds them as `previous-<duty>`. */
  public readonly previousDuties: string[];
  /** Secret with the CA pair of `iss-local`, if there is one. */
  public readonly issuingCa?: pulumi.Input<string>;
  /** Further secret variables of the server, by name. */
  public readonly variables: Record<string, SecretKey>;
  /** Changes when a value changes that the server reads. */
  public readonly serverChecksum: pulumi.Output<string>;
  /** Changes when the admin key changes. */
  public readonly adminChecksum: pulumi.Output<string>;

  constructor(name: string, args: InstanceSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:InstanceSecrets", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const existing = args.existingSecrets ?? {};
    const names = instanceNames(args.instance);
    const child = { parent: this, dependsOn: opts?.dependsOn };
    const keep = { ...child, ...dataProtection(args.deletionProtection ?? true) };
    const metadata = (secretName: string) => ({
      name: secretName,
      namespace: args.namespace,
      labels: objectLabels(args, "secrets"),
    });
    const create = (
      secretName: string,
      data: Record<string, pulumi.Input<string>>,
      extra: object,
      options: pulumi.CustomResourceOptions,
    ) => {
      new k8s.core.v1.Secret(
        secretName,
        { metadata: metadata(secretName), stringData: secretValues(data), ...extra },
        options,
      );
      return secretName;
    };

    this.encryptionKey = {
      name: existing.encryptionKey ?? this.createEncryptionKey(args, metadata(""), keep),
      key: "key",
    };
    this.apiKeys = existing.apiKeys ?? create(names.apiKeys, serverKeys(args), {}, keep);
    this.previousDuties = existing.apiKeys ? [] : Object.keys(args.previousApiKeys ?? {});
    if (existing.issuingCa !== undefined) this.issuingCa = existing.issuingCa;
    else if (args.caCertificate !== undefined && args.caPrivateKey !== undefined) {
      const pair = { "tls.crt": args.caCertificate, "tls.key": args.caPrivateKey };
      this.issuingCa = create(names.issuingCa, pair, { type: "kubernetes.io/tls" }, keep);
    }
    const variables = {
      ...(args.smtpPassword !== undefined && { CERTCTL_SMTP_PASSWORD: args.smtpPassword }),
      ...args.secretEnv,
    };
    this.variables = {};
    if (Object.keys(variables).length) {
      const secretName = create(names.serverVariables, variables, {}, child);
      this.variables = Object.fromEntries(
        Object.keys(variables).map((key) => [key, { name: secretName, key }]),
      );
    }
    const { encryptionKey, apiKeys, previousApiKeys, caCertificate, caPrivateKey } = args;
    this.serverChecksum = secretChecksum({
      encryptionKey,
      apiKeys,
      previousApiKeys,
      caCertificate,
      caPrivateKey,
      variables,
    });
    this.adminChecksum = secretChecksum({ admin: keyOf(apiKeys, "admin") });
    this.registerOutputs({});
  }

  // facts: the-encryption-key
  /**
   * With another key the server starts without its issuers, so another key is another
   * Secret: the engine refuses to replace a protected one. An unprotected one gets a new name, because a
   * kubelet may hand out an immutable Secret from its memory.
   */
  private createEncryptionKey(
    { instance, encryptionKey = "" }: InstanceSecretsArgs,
    metadata: { namespace: pulumi.Input<string>; labels: Record<string, string> },
    options: pulumi.CustomResourceOptions,
  ): pulumi.Output<string> {
    const logicalName = instanceNames(instance).encryptionKey;
    const name = secretChecksum({ encryptionKey }).apply((hash) => `${logicalName}-${hash}`);
    const stringData = { key: pulumi.secret(encryptionKey) };
    new k8s.core.v1.Secret(
      logicalName,
      { metadata: { ...metadata, name }, immutable: true, stringData },
      options,
    );
    return name;
  }
}

function secretValues(data: Record<string, pulumi.Input<string>>): Record<string, pulumi.Output<string>> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, pulumi.secret(value)]));
}
