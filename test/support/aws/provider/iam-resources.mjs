import { randomBytes } from "node:crypto";
import * as api from "@aws-sdk/client-iam";
import { tagList } from "./names.mjs";
import { accountId } from "./place.mjs";

/** @typedef {import("./server.mjs").ResourceType} ResourceType */

/** @type {Record<string, ResourceType>} */
export const iamResources = {
  "aws:iam/role:Role": {
    inputs: [
      "name",
      "description",
      "assumeRolePolicy",
      "permissionsBoundary",
      "maxSessionDuration",
      "forceDetachPolicies",
      "tags",
    ],
    autoname: { property: "name" },
    replaceOn: ["name"],
    create: async ({ name, description, assumeRolePolicy, permissionsBoundary, tags }, { iam }) => {
      const policies = {
        AssumeRolePolicyDocument: assumeRolePolicy,
        PermissionsBoundary: permissionsBoundary,
      };
      const request = { RoleName: name, Description: description, ...policies, Tags: tagList(tags) };
      const { Role } = await iam.send(new api.CreateRoleCommand(request));
      return { id: name, arn: Role?.Arn, uniqueId: Role?.RoleId };
    },
    update: async (RoleName, { assumeRolePolicy, description }, { iam }) => {
      await iam.send(new api.UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: assumeRolePolicy }));
      await iam.send(new api.UpdateRoleCommand({ RoleName, Description: description }));
    },
    read: async (RoleName, { iam }) => {
      const { Role } = await iam.send(new api.GetRoleCommand({ RoleName }));
      return { name: RoleName, assumeRolePolicy: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "") };
    },
    delete: (RoleName, _state, { iam }) => iam.send(new api.DeleteRoleCommand({ RoleName })),
  },
  "aws:iam/rolePolicy:RolePolicy": {
    inputs: ["name", "role", "policy"],
    autoname: { property: "name" },
    replaceOn: ["name", "role"],
    create: async ({ name, role, policy }, { iam }) => {
      await iam.send(
        new api.PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }),
      );
      return { id: `${role}:${name}` };
    },
    update: async (_id, { name, role, policy }, { iam }) =>
      void (await iam.send(
        new api.PutRolePolicyCommand({ RoleName: role, PolicyName: name, PolicyDocument: policy }),
      )),
    read: async (id, { iam }) => {
      const [RoleName, PolicyName] = id.split(":");
      const { PolicyDocument = "" } = await iam.send(new api.GetRolePolicyCommand({ RoleName, PolicyName }));
      return { role: RoleName, name: PolicyName, policy: decodeURIComponent(PolicyDocument) };
    },
    delete: (_id, { role, name }, { iam }) =>
      iam.send(new api.DeleteRolePolicyCommand({ RoleName: role, PolicyName: name })),
  },
  // moto has no API for EKS Pod Identity: an association is in the state only.
  "aws:eks/podIdentityAssociation:PodIdentityAssociation": {
    inputs: ["clusterName", "namespace", "serviceAccount", "roleArn", "tags"],
    replaceOn: ["clusterName", "namespace", "serviceAccount"],
    create: async ({ clusterName }, { partition, region }) => {
      const associationId = `a-${randomBytes(8).toString("hex")}`;
      const arn = `arn:${partition}:eks:${region}:${accountId}:podidentityassociation/${clusterName}/${associationId}`;
      return { id: associationId, associationId, associationArn: arn };
    },
    update: () => Promise.resolve(),
    read: () => Promise.resolve({}),
    delete: () => Promise.resolve(),
  },
};
