import type { Issue } from "../checks/issues";
import { issueIf, joinPath, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import { durationIssues } from "../kubernetes/kubernetes-checks";
import { durationSeconds } from "../kubernetes/units";
import { EstAuthMode } from "./enrollment-args";
import type {
  EstProfileSettings,
  EstSettings,
  IntuneSettings,
  ScepProfileSettings,
  ScepSettings,
} from "./enrollment-args";
import { fileSourceIssues } from "./files/file-checks";

// facts: refusals-to-start
/**
 * What certctl refuses to start with, or ignores, in EST. Passwords are checked with the
 * variables.
 */
export function estIssues(settings: EstSettings | undefined): Issue[] {
  if (!settings) return [];
  const { profiles = {}, open } = settings;
  const none = Object.keys(profiles).length === 0;
  return [
    ...issueIf(
      none && !open,
      "",
      "serves nothing; give profiles, or open for an EST that asks nobody who they are",
    ),
    ...issueIf(!none && open !== undefined, "open", "has no effect with profiles; keep one of the two"),
    ...under("profiles", profileIssues(profiles, estProfileIssues)),
  ];
}

// facts: refusals-to-start
/** What certctl refuses to start with, or ignores, in SCEP. */
export function scepIssues(settings: ScepSettings | undefined): Issue[] {
  if (!settings) return [];
  const { profiles = {}, default: single } = settings;
  const none = Object.keys(profiles).length === 0;
  return [
    ...issueIf(none && !single, "", "serves nothing; give profiles, or default"),
    ...issueIf(!none && single !== undefined, "default", "has no effect with profiles; keep one of the two"),
    ...under("profiles", profileIssues(profiles, scepProfileIssues)),
  ];
}

function profileIssues<Profile>(
  profiles: Record<string, Profile>,
  check: (profile: Profile) => Issue[],
): Issue[] {
  return Object.entries(profiles).flatMap(([name, profile]) => {
    const fits = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name);
    const grammar = `${show(name)} cannot be in the URL; use lower-case letters, digits and "-" inside`;
    return under(joinPath("", name), [...issueIf(!fits, "", grammar), ...check(profile)]);
  });
}

function estProfileIssues({
  authModes,
  clientCas,
  channelBindingRequired,
  serverKeygen,
  profileId,
}: EstProfileSettings): Issue[] {
  const modes = Array.isArray(authModes) ? authModes : [];
  const nobody = Array.isArray(authModes) && modes.length === 0;
  return [
    ...issueIf(
      nobody,
      "authModes",
      "is empty, so that nobody would be asked who they are; give mtls, basic, or both",
    ),
    ...issueIf(
      modes.includes(EstAuthMode.Mtls) && !clientCas,
      "authModes",
      "mtls needs clientCas, the CA certificates of the clients",
    ),
    ...issueIf(
      channelBindingRequired === true && !clientCas,
      "channelBindingRequired",
      "needs clientCas, the CA certificates of the clients",
    ),
    ...issueIf(serverKeygen === true && profileId === undefined, "serverKeygen", "needs profileId"),
    ...under("clientCas", fileSourceIssues(clientCas)),
  ];
}

function scepProfileIssues({ clientCas, intune }: ScepProfileSettings): Issue[] {
  return [
    ...under("clientCas", fileSourceIssues(clientCas)),
    ...under("intune", intune ? intuneIssues(intune) : []),
  ];
}

function intuneIssues({
  connectorCertificates,
  challengeValidity,
  clockSkewTolerance,
}: IntuneSettings): Issue[] {
  const validity = text(challengeValidity) ?? "60m";
  const tolerance = text(clockSkewTolerance) ?? "60s";
  const path = clockSkewTolerance === undefined ? "challengeValidity" : "clockSkewTolerance";
  const tooLong = durationSeconds(validity) > 0 && durationSeconds(tolerance) >= durationSeconds(validity);
  return [
    ...under("connectorCertificates", fileSourceIssues(connectorCertificates)),
    ...durationIssues("challengeValidity", challengeValidity, "1s"),
    ...issueIf(
      tooLong,
      path,
      `the tolerance, ${tolerance}, must be shorter than the validity of a challenge, ${validity}`,
    ),
  ];
}
