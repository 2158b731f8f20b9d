import type { Issue } from "../../checks/issues";
import { issueIf, joinPath } from "../../checks/issues";
import type { SetVariable } from "./set-variables";
import { profileVariable } from "./catalogue";
import { EstAuthMode } from "../enrollment-args";
import type { ServerSettings } from "../server-args";
import { estFamily, profileVariableName, scepFamily } from "./enrollment";

/** An argument, and the secret variable that belongs to it. */
interface SecretOfArgument {
  /** Path below the server's settings. */
  path: string;
  given: boolean;
  secret: string;
  /** Whether the argument is of use without the secret. */
  optional?: boolean;
}

/** Arguments without their secrets, and secrets without their arguments. */
export function secretVariableIssues(settings: ServerSettings, variables: readonly SetVariable[]): Issue[] {
  const isSet = (name: string): boolean => variables.some((one) => one.name === name);
  const pairs = secretsOfArguments(settings);
  return [
    ...pairs.flatMap(({ path, given, secret, optional }) =>
      issueIf(
        given && !optional && !isSet(secret),
        `server.${path}`,
        `needs the secret ${secret}; set it in secretEnv or server.envFromSecrets`,
      ),
    ),
    ...variables.flatMap(({ name, path }) => [
      ...uselessIssues(pairs, name, path),
      ...profileSecretIssues(settings, name, path),
    ]),
  ];
}

/** Slack, PagerDuty and Opsgenie are on with their secrets alone. */
function uselessIssues(pairs: readonly SecretOfArgument[], name: string, path: string): Issue[] {
  const pair = pairs.find(({ secret, given }) => secret === name && !given && !standAlone.includes(secret));
  return pair ? [{ path, message: `has no effect without server.${pair.path}` }] : [];
}

const standAlone = ["CERTCTL_SLACK_WEBHOOK_URL", "CERTCTL_PAGERDUTY_ROUTING_KEY", "CERTCTL_OPSGENIE_API_KEY"];

function secretsOfArguments({ notifiers, issuer, est, scep }: ServerSettings): SecretOfArgument[] {
  return [
    { path: "notifiers.slack", given: notifiers?.slack !== undefined, secret: "CERTCTL_SLACK_WEBHOOK_URL" },
    {
      path: "notifiers.pagerduty",
      given: notifiers?.pagerduty !== undefined,
      secret: "CERTCTL_PAGERDUTY_ROUTING_KEY",
    },
    {
      path: "notifiers.opsgenie",
      given: notifiers?.opsgenie !== undefined,
      secret: "CERTCTL_OPSGENIE_API_KEY",
    },
    {
      path: "notifiers.webhook",
      given: notifiers?.webhook !== undefined,
      secret: "CERTCTL_WEBHOOK_SECRET",
      optional: true,
    },
    { path: "issuer.stepCa", given: issuer?.stepCa !== undefined, secret: "CERTCTL_STEPCA_PASSWORD" },
    { path: "scep.default", given: scep?.default !== undefined, secret: "CERTCTL_SCEP_CHALLENGE_PASSWORD" },
    ...Object.entries(est?.profiles ?? {}).map(([name, { authModes }]) => ({
      path: joinPath("est.profiles", name),
      given: Array.isArray(authModes) && authModes.includes(EstAuthMode.Basic),
      secret: profileVariableName(estFamily.prefix, name, "ENROLLMENT_PASSWORD"),
    })),
    ...Object.keys(scep?.profiles ?? {}).map((name) => ({
      path: joinPath("scep.profiles", name),
      given: true,
      secret: profileVariableName(scepFamily.prefix, name, "CHALLENGE_PASSWORD"),
    })),
  ];
}

/** Secrets of profiles that there are none of. */
function profileSecretIssues({ est, scep }: ServerSettings, name: string, path: string): Issue[] {
  const found = profileVariable(name);
  if (!found?.variable.secret) return [];
  const { family, profile } = found;
  if (profile !== profile.toUpperCase())
    return [{ path, message: `certctl asks for capitals: ${name.toUpperCase()}` }];
  const names = Object.keys((family === estFamily ? est?.profiles : scep?.profiles) ?? {});
  const known = names.some((one) => one.toUpperCase() === profile);
  return issueIf(
    !known,
    path,
    `belongs to the profile ${profile.toLowerCase()}, which is not in ${family.argument}`,
  );
}
