import * as api from "@aws-sdk/client-kms";

/** @typedef {import("./server.mjs").ResourceType} ResourceType */

/** @type {Record<string, ResourceType>} */
export const kmsResources = {
  "aws:kms/key:Key": {
    inputs: [
      "description",
      "deletionWindowInDays",
      "enableKeyRotation",
      "rotationPeriodInDays",
      "policy",
      "tags",
    ],
    replaceOn: [],
    create: async ({ description, policy, tags = {}, rotationPeriodInDays }, { kms }) => {
      const Tags = Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue: String(TagValue) }));
      const { KeyMetadata } = await kms.send(
        new api.CreateKeyCommand({ Description: description, Policy: policy, Tags }),
      );
      const { KeyId = "", Arn } = KeyMetadata ?? {};
      await kms.send(new api.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: rotationPeriodInDays }));
      return { id: KeyId, keyId: KeyId, arn: Arn };
    },
    update: async (KeyId, { policy, rotationPeriodInDays }, { kms }) => {
      await kms.send(new api.PutKeyPolicyCommand({ KeyId, PolicyName: "default", Policy: policy }));
      await kms.send(new api.EnableKeyRotationCommand({ KeyId, RotationPeriodInDays: rotationPeriodInDays }));
    },
    read: async (KeyId, { kms }) => {
      const { KeyMetadata } = await kms.send(new api.DescribeKeyCommand({ KeyId }));
      if (KeyMetadata?.KeyState === "PendingDeletion") return undefined;
      const { Policy } = await kms.send(new api.GetKeyPolicyCommand({ KeyId, PolicyName: "default" }));
      const { KeyRotationEnabled } = await kms.send(new api.GetKeyRotationStatusCommand({ KeyId }));
      // moto does not tell the period of the rotation.
      return { policy: Policy, enableKeyRotation: KeyRotationEnabled };
    },
    delete: (KeyId, { deletionWindowInDays }, { kms }) =>
      kms.send(new api.ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: deletionWindowInDays })),
  },
  "aws:kms/alias:Alias": {
    inputs: ["name", "targetKeyId"],
    autoname: { property: "name", prefix: "alias/" },
    replaceOn: ["name"],
    create: async ({ name, targetKeyId }, { kms }) => {
      await kms.send(new api.CreateAliasCommand({ AliasName: name, TargetKeyId: targetKeyId }));
      return { id: name };
    },
    update: async (id, { targetKeyId }, { kms }) =>
      void (await kms.send(new api.UpdateAliasCommand({ AliasName: id, TargetKeyId: targetKeyId }))),
    read: async (id, { kms }) => {
      const { KeyMetadata } = await kms.send(new api.DescribeKeyCommand({ KeyId: id }));
      return { name: id, targetKeyId: KeyMetadata?.KeyId };
    },
    delete: (id, _state, { kms }) => kms.send(new api.DeleteAliasCommand({ AliasName: id })),
  },
};
