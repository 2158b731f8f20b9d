import type { Issue } from "../config/issues";
import { issueIf, sentenceList, show } from "../config/issues";
import { durationSeconds } from "../kubernetes/units";
import type { SetVariable } from "./environment";
import { booleanValue, listValue } from "./environment";
import { profileFamilies, profileVariable } from "./server-variables";
import type { ProfileFamily } from "./variables/enrollment";
import { estFamily, scepFamily } from "./variables/enrollment";

type Lookup = (name: string) => SetVariable | undefined;

/** The rules of EST and SCEP profiles that certctl refuses to start without (certctl facts 1.4), as far as variables tell. */
export function enrollmentIssues(variables: readonly SetVariable[]): Issue[] {
  const find: Lookup = (name) => variables.find((one) => one.name === name);
  return profileFamilies.flatMap((family) => [
    ...strayIssues(family, variables, find),
    ...(isOn(find(family.enabled)) ? familyIssues(family, find) : disabledIssues(family, variables)),
  ]);
}

function isOn(variable: SetVariable | undefined): boolean {
  // A value that cannot be looked at is taken for yes, so that what follows is checked.
  return variable !== undefined && (variable.value === undefined || booleanValue(variable.value) === true);
}

function disabledIssues(family: ProfileFamily, variables: readonly SetVariable[]): Issue[] {
  const base = family.list.replace("PROFILES", "");
  const first = variables.find(({ name }) => name.startsWith(base) && name !== family.enabled);
  return first ? [{ path: first.path, message: `has no effect; set ${family.enabled}: "true"` }] : [];
}

/** Variables of profiles that nobody lists. */
function strayIssues(family: ProfileFamily, variables: readonly SetVariable[], find: Lookup): Issue[] {
  const listed = find(family.list);
  if (listed && listed.value === undefined) return [];
  const names = listValue(listed?.value).map((name) => name.toUpperCase());
  return variables.flatMap(({ name, path }) => {
    const found = profileVariable(name);
    if (found?.family !== family) return [];
    const { profile } = found;
    if (profile !== profile.toUpperCase()) return [{ path, message: `certctl asks for capitals: ${name.toUpperCase()}` }];
    return issueIf(!names.includes(profile), path, `belongs to the profile ${profile}, which is not in ${family.list}`);
  });
}

function familyIssues(family: ProfileFamily, find: Lookup): Issue[] {
  const listed = find(family.list);
  if (!listed) return family === scepFamily ? legacyScepIssues(find) : [];
  const names = listValue(listed.value);
  return [
    ...nameIssues(listed, names),
    ...names.flatMap((name) => profileIssues(family, name, listed, find)),
    ...legacyLeftovers(family, find),
  ];
}

function nameIssues({ path }: SetVariable, names: readonly string[]): Issue[] {
  return names.flatMap((name, index) => {
    const slug = name.toLowerCase();
    const again = names.slice(0, index).some((one) => one.toLowerCase() === slug);
    return [
      ...issueIf(
        !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(slug),
        path,
        `${show(name)} cannot be in a URL; use letters, digits and "-" inside`,
      ),
      ...issueIf(again, path, `${show(name)} is there twice`),
    ];
  });
}

/** Without profiles certctl serves one SCEP, from variables of its own. */
function legacyScepIssues(find: Lookup): Issue[] {
  const missing = ["CHALLENGE_PASSWORD", "RA_CERT_PATH", "RA_KEY_PATH"].map((name) => `CERTCTL_SCEP_${name}`).filter((name) => !find(name));
  return issueIf(missing.length > 0, find("CERTCTL_SCEP_ENABLED")?.path ?? "", `needs ${sentenceList(missing)} too`);
}

function legacyLeftovers(family: ProfileFamily, find: Lookup): Issue[] {
  const base = family.list.replace("PROFILES", "");
  const suffixes = ["ISSUER_ID", "PROFILE_ID", "CHALLENGE_PASSWORD", "RA_CERT_PATH", "RA_KEY_PATH"];
  const found = suffixes.map((suffix) => find(base + suffix)).filter((one) => one !== undefined);
  return found.map(({ path }) => ({ path, message: `has no effect with ${family.list}; set it for each profile` }));
}

function profileIssues(family: ProfileFamily, name: string, listed: SetVariable, find: Lookup): Issue[] {
  const prefix = `${family.prefix}${name.toUpperCase()}_`;
  const get = (suffix: string): SetVariable | undefined => find(prefix + suffix);
  const required = [
    "ISSUER_ID",
    ...(family === scepFamily ? ["CHALLENGE_PASSWORD", "RA_CERT_PATH", "RA_KEY_PATH"] : []),
    ...(isOn(get("MTLS_ENABLED")) ? ["MTLS_CLIENT_CA_TRUST_BUNDLE_PATH"] : []),
    ...(isOn(get("INTUNE_ENABLED")) ? ["INTUNE_CONNECTOR_CERT_PATH"] : []),
    ...(isOn(get("SERVERKEYGEN_ENABLED")) ? ["PROFILE_ID"] : []),
  ];
  const missing = required.filter((suffix) => !get(suffix)).map((suffix) => prefix + suffix);
  return [
    ...issueIf(missing.length > 0, listed.path, `the profile ${show(name)} needs ${sentenceList(missing)}`),
    ...(family === estFamily ? estIssues(prefix, get) : intuneIssues(get)),
  ];
}

function estIssues(prefix: string, get: Lookup): Issue[] {
  const modes = get("ALLOWED_AUTH_MODES");
  const binding = get("CHANNEL_BINDING_REQUIRED");
  const named = listValue(modes?.value).map((mode) => mode.toLowerCase());
  const mutualTls = isOn(get("MTLS_ENABLED"));
  const path = modes?.path ?? "";
  return [
    ...named.flatMap((mode) => issueIf(!["mtls", "basic"].includes(mode), path, `${show(mode)} is not one of mtls, basic`)),
    ...issueIf(named.includes("mtls") && !mutualTls, path, `mtls needs ${prefix}MTLS_ENABLED: "true"`),
    ...issueIf(named.includes("basic") && !get("ENROLLMENT_PASSWORD"), path, `basic needs ${prefix}ENROLLMENT_PASSWORD`),
    ...issueIf(isOn(binding) && !mutualTls, binding?.path ?? "", `needs ${prefix}MTLS_ENABLED: "true"`),
  ];
}

function intuneIssues(get: Lookup): Issue[] {
  const skew = get("INTUNE_CLOCK_SKEW_TOLERANCE");
  const validity = get("INTUNE_CHALLENGE_VALIDITY")?.value ?? "60m";
  const seconds = durationSeconds(validity);
  const tooLong = seconds > 0 && durationSeconds(skew?.value ?? "60s") >= seconds;
  const path = skew?.path ?? get("INTUNE_CHALLENGE_VALIDITY")?.path ?? "";
  return issueIf(tooLong, path, `the tolerance, ${skew?.value ?? "60s"}, must be shorter than the validity of a challenge, ${validity}`);
}
