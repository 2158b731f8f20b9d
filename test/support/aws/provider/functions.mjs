import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";

/** @typedef {import("./place.mjs").Place} Place */

/** @type {Record<string, (place: Place) => object | Promise<object>>} */
export const functions = {
  "aws:index/getCallerIdentity:getCallerIdentity": async ({ sts }) => {
    const { Account, Arn, UserId } = await sts.send(new GetCallerIdentityCommand({}));
    return { id: Account, accountId: Account, arn: Arn, userId: UserId };
  },
  "aws:index/getPartition:getPartition": ({ partition, dnsSuffix }) => ({
    id: partition,
    partition,
    dnsSuffix,
    reverseDnsPrefix: dnsSuffix.split(".").reverse().join("."),
  }),
  "aws:index/getRegion:getRegion": ({ region, dnsSuffix }) => ({
    id: region,
    region,
    name: region,
    endpoint: `ec2.${region}.${dnsSuffix}`,
    description: region,
  }),
};
