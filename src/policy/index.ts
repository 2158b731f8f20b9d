import type { Policies } from "@pulumi/policy";
import { toPolicy } from "./rule";
import { rules } from "./rules";

/** The policies of the pack, for a pack of your own that holds others too. */
export const certctlPolicies: Policies = rules.map(toPolicy);
