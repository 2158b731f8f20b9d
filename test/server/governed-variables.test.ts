import assert from "node:assert/strict";
import type { EstProfileSettings, ScepProfileSettings } from "../../src/server/enrollment-args";
import { settingFiles } from "../../src/server/files/setting-files";
import type { ServerSettings } from "../../src/server/server-args";
import { serverVariables } from "../../src/server/server-environment";
import { resolveServer } from "../../src/server/server-settings";
import { estFamily, scepFamily } from "../../src/server/variables/enrollment";
import { findVariable, variableGroups } from "../../src/server/variables/catalogue";
import { withValues } from "../render/argument-tests";
import { argumentCases } from "../render/arguments";

/** What certctl is told: the text of each variable, and of a file where it comes from. */
function told(settings: ServerSettings): Record<string, string> {
  const resolved = resolveServer(settings);
  const files = settingFiles(resolved).map(({ variable, file }) => [variable, JSON.stringify(file)] as const);
  return { ...serverVariables(resolved), ...Object.fromEntries(files) };
}

function changedBy(before: ServerSettings, after: ServerSettings): string[] {
  const [old, now] = [told(before), told(after)];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].filter((name) => old[name] !== now[name]);
}

/** Values that follow from another argument where their own is not given. */
const derived: Record<string, string[]> = {
  "server.rateLimiting.rps": ["CERTCTL_RATE_LIMIT_BURST"],
  "server.smtp.useTls": ["CERTCTL_SMTP_PORT"],
  "server.auth.gateway.upstreamPort": ["CERTCTL_SERVER_PORT"],
};

/** Part of an argument is the argument: a key in a Secret, a profile, the first setting of EST. */
const isPartOf = (path: string, argument: string): boolean =>
  path === argument || path.startsWith(`${argument}.`);

describe("a variable that an argument of the server governs", () => {
  const rows = variableGroups
    .flatMap(({ variables }) => variables)
    .filter(({ status, value, file }) => status === "governed" && (value ?? file) !== undefined);
  const cases = Object.entries(argumentCases).filter(
    // What these hold are variables, under their own names.
    ([path]) => path.startsWith("server.") && !/^server\.env(FromSecrets)?$/.test(path),
  );
  const changes = cases.map(([path, { value, given = {}, together = {} }]) => {
    const before = withValues(given).server ?? {};
    const after = withValues({ ...given, ...together, [path]: value }).server ?? {};
    return { path, changed: changedBy(before, after) };
  });

  for (const { name, note: argument } of rows) {
    it(`is set by its argument, and by no other: ${name}`, () => {
      const setBy = changes.filter(({ changed }) => changed.includes(name)).map(({ path }) => path);
      const others = setBy.filter(
        (path) => !isPartOf(path, argument) && derived[path]?.includes(name) !== true,
      );
      assert.deepEqual(others, []);
      assert.ok(setBy.length > others.length, `no case of ${argument} changes it`);
    });
  }

  it("is changed by each case of its argument alone, unless one that follows from it changes too", () => {
    for (const { path, changed } of changes) {
      const expected = rows.filter(({ note }) => note === path).map(({ name }) => name);
      assert.deepEqual(
        expected.filter((name) => !changed.includes(name)),
        [],
        path,
      );
      const unexpected = changed.filter((name) => {
        const profile = name.includes("_PROFILE_CORP_") && /^server\.(est|scep)\.profiles$/.test(path);
        const { status = "unknown", note = "" } = findVariable(name) ?? {};
        return status === "governed" && !profile && !isPartOf(path, note) && !derived[path]?.includes(name);
      });
      assert.deepEqual(unexpected, [], path);
    }
  });
});

const file = { secret: "files", key: "file" };
const intune = { connectorCertificates: file };

/** Another value for each setting of a profile. */
const estProfile: Required<EstProfileSettings> = {
  issuerId: "iss-stepca",
  profileId: "prof-lab",
  authModes: ["mtls"],
  clientCas: file,
  channelBindingRequired: true,
  enrollmentsPerDay: 7,
  serverKeygen: true,
};
const scepProfile: Required<ScepProfileSettings> = {
  issuerId: "iss-stepca",
  profileId: "prof-lab",
  raSecret: "other-ra",
  clientCas: file,
  intune,
};
const intuneSettings = {
  connectorCertificates: { ...file, key: "other" },
  audience: "https://scep.example.com",
  challengeValidity: "30m",
  enrollmentsPerDay: 7,
  clockSkewTolerance: "10s",
};

describe("a variable that a profile governs", () => {
  const est: EstProfileSettings = { issuerId: "iss-local", authModes: ["basic"] };
  const scep: ScepProfileSettings = { issuerId: "iss-local", raSecret: "scep-ra" };
  const withEst = (profile: EstProfileSettings): ServerSettings => ({ est: { profiles: { corp: profile } } });
  const withScep = (profile: ScepProfileSettings): ServerSettings => ({
    scep: { profiles: { corp: profile } },
  });
  const cases = [
    ...Object.entries(estProfile).map(([key, value]) => ({
      family: estFamily,
      key,
      changed: changedBy(withEst(est), withEst({ ...est, [key]: value })),
    })),
    ...Object.entries(scepProfile).map(([key, value]) => ({
      family: scepFamily,
      key,
      changed: changedBy(withScep(scep), withScep({ ...scep, [key]: value })),
    })),
    ...Object.entries(intuneSettings).map(([key, value]) => ({
      family: scepFamily,
      key: `intune.${key}`,
      changed: changedBy(
        withScep({ ...scep, intune }),
        withScep({ ...scep, intune: { ...intune, [key]: value } }),
      ),
    })),
  ];

  for (const { family, key, changed } of cases) {
    it(`is set by its argument, and by no other: ${family.argument}.<name>.${key}`, () => {
      const argument = `${family.argument}.<name>.${key}`;
      // Intune comes with the certificates of its connector.
      const required = key === "intune" ? ["INTUNE_CONNECTOR_CERT_PATH"] : [];
      const expected = family.variables.filter(({ note }) => note === argument).map(({ name }) => name);
      assert.ok(expected.length > 0, argument);
      assert.deepEqual(
        changed.sort(),
        [...expected, ...required].map((name) => `${family.prefix}CORP_${name}`).sort(),
      );
    });
  }

  it("has a case here", () => {
    const driven = cases.map(({ family, key }) => `${family.argument}.<name>.${key}`);
    const governed = [estFamily, scepFamily].flatMap(({ variables }) =>
      variables.filter(({ status }) => status === "governed").map(({ note }) => note),
    );
    assert.deepEqual([...new Set(governed)].sort(), driven.sort());
  });
});
