import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";

/**
 * A region, with clients for it.
 * @typedef {{ region: string, partition: string, dnsSuffix: string, s3: S3Client, kms: KMSClient, iam: IAMClient, sts: STSClient }} Place
 */

/** moto's only account. */
export const accountId = "123456789012";

/** @type {Map<string, Place>} */
const places = new Map();

/**
 * @param {string} region
 * @returns {Place}
 */
export function placeIn(region) {
  const known = places.get(region);
  if (known !== undefined) return known;
  const clients = {
    kms: new KMSClient({ region }),
    iam: new IAMClient({ region }),
    sts: new STSClient({ region }),
  };
  const s3 = new S3Client({ region, forcePathStyle: true });
  const china = region.startsWith("cn-");
  const partition = china ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  const place = {
    region,
    partition,
    dnsSuffix: china ? "amazonaws.com.cn" : "amazonaws.com",
    s3,
    ...clients,
  };
  places.set(region, place);
  return place;
}
