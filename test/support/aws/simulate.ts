import assert from "node:assert/strict";
import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument } from "../../../src/aws/policy-document";
import { accountId } from "./capture";

/** A request to AWS, and the policies that decide about it. */
export interface SimulatedRequest {
  /** ARN of who asks, or a service. */
  principal: string;
  action: string;
  resource: string;
  context?: Record<string, string>;
  identityPolicy?: PolicyDocument;
  resourcePolicy?: PolicyDocument;
}

/**
 * What IAM would answer: `Allowed`, `ImplicitlyDenied` or `ExplicitlyDenied`. A policy that is not valid, an
 * unknown action, and a context key that AWS does not have for the action are failures.
 */
export async function simulate(request: SimulatedRequest): Promise<string> {
  const { principal, action, resource, context = {}, identityPolicy, resourcePolicy } = request;
  const answer = await runSimulation(
    {
      request: {
        principal,
        action,
        resource: { resource, accountId },
        contextVariables: { ...ownArn(principal), ...context },
      },
      identityPolicies: identityPolicy ? [{ name: "identity", policy: identityPolicy }] : [],
      resourcePolicy,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  assert.ok(answer.resultType === "single", JSON.stringify(answer));
  assert.deepEqual(answer.result.ignoredContextKeys, []);
  return answer.overallResult;
}

/** What AWS adds to the requests of a role: its own ARN. */
function ownArn(principal: string): Record<string, string> {
  return principal.includes(":role/") ? { "aws:PrincipalArn": principal } : {};
}
