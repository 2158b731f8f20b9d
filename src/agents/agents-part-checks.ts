import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { certificateBundleProblem } from "../tls/pem";
import { trustSourceIssues } from "../tls/trust";
import type { Trust } from "../tls/trust";
import type { AgentSettings } from "./agents-args";
import { agentsIssues } from "./agents-checks";

/** Agents on their own: their settings, their keys, and what they trust. */
export interface AgentSources extends AgentSettings {
  caCertificate?: pulumi.Input<string>;
  trust?: Trust;
  keys?: object;
  existingKeys?: pulumi.Input<string>;
}

/** What is wrong with agents on their own. */
export function agentsPartIssues(args: AgentSources): Issue[] {
  const { caCertificate, trust, keys, existingKeys } = args;
  const pem = text(caCertificate);
  const problem = pem === undefined ? undefined : certificateBundleProblem(pem);
  return [
    ...issueIf(
      keys === undefined && existingKeys === undefined,
      "keys",
      "is missing; give it, or existingKeys, the name of a Secret with the keys enroll and fleet",
    ),
    ...issueIf(
      keys !== undefined && existingKeys !== undefined,
      "existingKeys",
      "takes the place of keys, which is set too; remove one of the two",
    ),
    ...issueIf(problem !== undefined, "caCertificate", problem ?? ""),
    ...issueIf(
      caCertificate !== undefined && trust !== undefined,
      "trust",
      "is there besides caCertificate; remove one of the two",
    ),
    ...under("trust", trust ? trustSourceIssues(trust) : []),
    ...agentsIssues(args),
  ];
}
