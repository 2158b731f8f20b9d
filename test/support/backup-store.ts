import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateAccessKeyCommand,
  CreateOpenIDConnectProviderCommand,
  CreateRoleCommand,
  CreateUserCommand,
  PutRolePolicyCommand,
  PutUserPolicyCommand,
} from "@aws-sdk/client-iam";
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { backupBucketPolicy } from "../../src/aws/bucket-policies";
import { backupAccess, irsaTrust, restoreAccess } from "../../src/aws/role-policies";
import { awsClients } from "./aws/clients";
import type { AwsClients } from "./aws/clients";
import { FaultProxy } from "./aws/fault-proxy";
import type { Moto } from "./aws/moto.mjs" with { "resolution-mode": "import" };

export const bucket = "certctl-backups";
export const prefix = "certctl/";
const bucketArn = `arn:aws:s3:::${bucket}`;
const viaService = "s3.us-east-1.amazonaws.com";

/** Who signs a container's requests. */
export type Signer = Record<"AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY", string>;

/**
 * A bucket in moto with the policies that `BackupBucket` gives it, and two users with those of its roles.
 * Pods reach it through a proxy.
 */
export class BackupStore {
  private constructor(
    private readonly moto: Moto,
    readonly proxy: FaultProxy,
    private readonly admin: AwsClients,
    readonly writer: Signer,
    readonly reader: Signer,
    /** May do everything, but for what the bucket's policy forbids. */
    readonly administrator: Signer,
  ) {}

  /** `host` is the address at which pods reach it. */
  static async start(host?: string): Promise<BackupStore> {
    const { startMoto } = await import("./aws/moto.mjs");
    const moto = await startMoto({ conditions: true });
    const admin = awsClients(moto.endpoint);
    await admin.s3.send(new CreateBucketCommand({ Bucket: bucket }));
    await admin.s3.send(
      new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration: { Status: "Enabled" } }),
    );
    const policy = backupBucketPolicy({ bucketArn, requireHeaders: false, writeOnce: true, principals: [] });
    await admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
    const access = { bucketArn, prefix, viaService };
    const signer = async (UserName: string, allowed: object): Promise<Signer> => {
      await admin.iam.send(new CreateUserCommand({ UserName }));
      await admin.iam.send(
        new PutUserPolicyCommand({ UserName, PolicyName: "access", PolicyDocument: JSON.stringify(allowed) }),
      );
      const { AccessKey } = await admin.iam.send(new CreateAccessKeyCommand({ UserName }));
      return {
        AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "",
        AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "",
      };
    };
    const writer = await signer("backup", backupAccess(access));
    const reader = await signer("restore", restoreAccess(access));
    const everything = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    };
    const administrator = await signer("admin", everything);
    await moto.enforceIam();
    const credentials = {
      accessKeyId: administrator.AWS_ACCESS_KEY_ID,
      secretAccessKey: administrator.AWS_SECRET_ACCESS_KEY,
    };
    return new BackupStore(
      moto,
      await FaultProxy.start(moto.endpoint, host),
      awsClients(moto.endpoint, { credentials }),
      writer,
      reader,
      administrator,
    );
  }

  /** Names of the backups in the bucket, in the order in which they were published: what has a manifest. */
  async listed(): Promise<string[]> {
    const { Contents = [] } = await this.admin.s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    return Contents.filter(({ Key = "" }) => Key.endsWith(".json"))
      .sort((a, b) => Number(a.LastModified) - Number(b.LastModified))
      .map(({ Key = "" }) => Key.slice(prefix.length).replace(/\.json$/, ""));
  }

  async read(file: string): Promise<Buffer> {
    const { Body } = await this.admin.s3.send(new GetObjectCommand({ Bucket: bucket, Key: prefix + file }));
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async metadata(file: string): Promise<Record<string, string>> {
    const { Metadata = {} } = await this.admin.s3.send(
      new HeadObjectCommand({ Bucket: bucket, Key: prefix + file }),
    );
    return Metadata;
  }

  /** The algorithm that encrypted a file, as its upload named it. */
  async encryption(file: string): Promise<string | undefined> {
    const { ServerSideEncryption } = await this.admin.s3.send(
      new HeadObjectCommand({ Bucket: bucket, Key: prefix + file }),
    );
    return ServerSideEncryption;
  }

  /** From now on, an upload must name its encryption. */
  async requireHeaders(): Promise<void> {
    const policy = backupBucketPolicy({ bucketArn, requireHeaders: true, writeOnce: true, principals: [] });
    await this.admin.s3.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy: JSON.stringify(policy) }));
  }

  /** As nothing but a fault of the store could do. */
  async write(file: string, content: Buffer): Promise<void> {
    await this.admin.s3.send(
      new PutObjectCommand({ Bucket: bucket, Key: prefix + file, Body: content, IfNoneMatch: "*" }),
    );
  }

  /** Another bucket, without a policy. */
  async createBucket(name: string): Promise<void> {
    await this.admin.s3.send(new CreateBucketCommand({ Bucket: name }));
  }

  /** How many versions each key has: a key that is written once has one. */
  async versions(): Promise<Record<string, number>> {
    const { Versions = [] } = await this.admin.s3.send(new ListObjectVersionsCommand({ Bucket: bucket }));
    const counts: Record<string, number> = {};
    for (const { Key = "" } of Versions) counts[Key] = (counts[Key] ?? 0) + 1;
    return counts;
  }

  /** Keys of multipart uploads that were neither completed nor aborted. */
  async unfinishedUploads(): Promise<string[]> {
    const { Uploads = [] } = await this.admin.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    return Uploads.map(({ Key = "" }) => Key);
  }

  /**
   * What EKS gives a pod whose ServiceAccount names the role that writes backups (IRSA), and no access key.
   */
  async webIdentity(
    namespace = "certctl",
    serviceAccount = "certctl-backup",
  ): Promise<{ env: Record<string, string>; forget: () => void }> {
    const issuer = "oidc.eks.us-east-1.amazonaws.com/id/0123";
    const { iam } = this.admin;
    const provider = { Url: `https://${issuer}`, ThumbprintList: ["0".repeat(40)] };
    const { OpenIDConnectProviderArn = "" } = await iam.send(
      new CreateOpenIDConnectProviderCommand(provider),
    );
    const trust = irsaTrust(OpenIDConnectProviderArn, "sts.amazonaws.com", namespace, serviceAccount);
    const role = { RoleName: "certctl-backup", AssumeRolePolicyDocument: JSON.stringify(trust) };
    const { Role } = await iam.send(new CreateRoleCommand(role));
    const allowed = JSON.stringify(backupAccess({ bucketArn, prefix, viaService }));
    await iam.send(
      new PutRolePolicyCommand({ RoleName: "certctl-backup", PolicyName: "access", PolicyDocument: allowed }),
    );

    const claims = {
      iss: `https://${issuer}`,
      aud: ["sts.amazonaws.com"],
      sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    };
    const folder = mkdtempSync(join(tmpdir(), "certctl-token-"));
    chmodSync(folder, 0o755);
    const token = join(folder, "token");
    writeFileSync(token, ["e30", Buffer.from(JSON.stringify(claims)).toString("base64url"), "x"].join("."));
    return {
      env: {
        AWS_ROLE_ARN: Role?.Arn ?? "",
        AWS_WEB_IDENTITY_TOKEN_FILE: token,
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        // The rendered endpoint is of S3 alone: on AWS, tokens are changed at AWS STS.
        AWS_ENDPOINT_URL: this.proxy.endpoint,
      },
      forget: () => {
        rmSync(folder, { recursive: true });
      },
    };
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.moto.stop();
  }
}
