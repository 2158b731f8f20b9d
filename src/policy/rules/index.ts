import type { Rule } from "../rule";
import { availabilityRules } from "./availability";
import { clusterRules } from "./cluster";
import { databaseRules } from "./database";
import { networkRules } from "./network";
import { podRules } from "./pod-security";
import { secretRules } from "./secrets";
import { serverRules } from "./server";
import { tlsRules } from "./tls";

/** Every rule, in the order of the documentation. */
export const rules: readonly Rule[] = [
  ...podRules,
  ...clusterRules,
  ...networkRules,
  ...secretRules,
  ...serverRules,
  ...tlsRules,
  ...databaseRules,
  ...availabilityRules,
];
