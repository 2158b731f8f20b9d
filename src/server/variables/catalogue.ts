import { authenticationGroup, databaseGroup, serverGroup } from "./core";
import { discoveryGroup, foreignFamilies, foreignGroup } from "./discovery";
import { acmeServerGroup, estGroup, revocationGroup, scepGroup } from "./enrollment";
import { acmeIssuerGroup, commercialIssuerGroup, issuerFileGroup, notificationGroup } from "./issuers";
import { rateLimitGroup, schedulerGroup } from "./limits";
import type { ResolvedServer } from "../server-settings";
import type { ProfileFamily, Variable, VariableGroup, VariableRow } from "./variable";

// facts: variables
/**
 * Every environment variable of the certctl server, and those of libraries that are of use. Pods have them in
 * this order, with the paths of files after the values: to move a row that has a value rolls every server.
 */
export const variableGroups: readonly VariableGroup[] = [
  serverGroup,
  databaseGroup,
  authenticationGroup,
  rateLimitGroup,
  schedulerGroup,
  notificationGroup,
  acmeIssuerGroup,
  commercialIssuerGroup,
  estGroup,
  scepGroup,
  issuerFileGroup,
  revocationGroup,
  acmeServerGroup,
  discoveryGroup,
  foreignGroup,
];

/** Families with one set of variables per profile. */
export const profileFamilies: readonly ProfileFamily[] = variableGroups.flatMap(
  ({ profiles = [] }) => profiles,
);

/** The row of each variable that there is with these settings. */
export function variableRows(settings: ResolvedServer): VariableRow[] {
  return variableGroups.flatMap(({ variables, profiles }) => [
    ...variables,
    ...(profiles?.rowsOf(settings) ?? []),
  ]);
}

const byName = new Map(
  variableGroups.flatMap(({ variables }) => variables).map((variable) => [variable.name, variable]),
);

/** What is known of a variable; undefined when neither certctl nor one of its libraries reads it. */
export function findVariable(name: string): Variable | undefined {
  return byName.get(name) ?? profileVariable(name)?.variable ?? foreignVariable(name);
}

/** Every name, for suggestions. */
export function variableNames(): string[] {
  return [...byName.keys()];
}

/** The profile that a variable belongs to, such as CORP of `CERTCTL_SCEP_PROFILE_CORP_ISSUER_ID`. */
export function profileVariable(
  name: string,
): { family: ProfileFamily; profile: string; variable: Variable } | undefined {
  for (const family of profileFamilies) {
    const rest = name.startsWith(family.prefix) ? name.slice(family.prefix.length) : "";
    const variable = family.variables.find(
      (one) => rest.length > one.name.length + 1 && rest.endsWith(`_${one.name}`),
    );
    if (variable)
      return { family, profile: rest.slice(0, -variable.name.length - 1), variable: { ...variable, name } };
  }
  return undefined;
}

function foreignVariable(name: string): Variable | undefined {
  const family = foreignFamilies.find(({ prefix }) => name.startsWith(prefix) && name.length > prefix.length);
  return family && { name, status: "open", kind: family.kind, secret: false, note: family.note };
}
