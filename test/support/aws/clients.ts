import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";

/** Who signs requests. */
export interface Credentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** SDK clients of a moto server, for what tests prepare and look at. */
export interface AwsClients {
  s3: S3Client;
  iam: IAMClient;
  kms: KMSClient;
  sts: STSClient;
}

const administrator: Credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** `tls`: requests say that they came through a proxy that ended TLS, which moto believes. */
export function awsClients(
  endpoint: string,
  {
    credentials = administrator,
    region = "us-east-1",
    tls = true,
  }: { credentials?: Credentials; region?: string; tls?: boolean } = {},
): AwsClients {
  const settings = { endpoint, region, credentials, maxAttempts: 1 };
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  if (tls) {
    s3.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers["x-forwarded-proto"] = "https";
        return next(args);
      },
      { step: "build" },
    );
  }
  return { s3, iam: new IAMClient(settings), kms: new KMSClient(settings), sts: new STSClient(settings) };
}
