import assert from "node:assert/strict";
import { parseValues } from "../../src/stack/stack-values";
import { stackFileValues } from "../../src/stack/stack-config";
import { resolveImages } from "../../src/images/images";
import type { ServerSettings } from "../../src/server/server-args";
import { serverVariables } from "../../src/server/server-environment";
import { mountedFiles } from "../../src/server/files/mounted-files";
import { resolveServer } from "../../src/server/server-settings";
import { fileMounts, settingFiles } from "../../src/server/files/setting-files";
import { findVariable } from "../../src/server/variables/catalogue";
import { corpus } from "../checks/corpus";

const variablesOf = (settings: ServerSettings, prefix: string): Record<string, string> => {
  const all = serverVariables(resolveServer(settings));
  return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(prefix)));
};

const deviceCas = { configMap: "device-cas", key: "ca.crt" };

describe("the server's EST", () => {
  it("is off without the argument, and then has no variable", () => {
    assert.deepEqual(variablesOf({}, "CERTCTL_EST_"), {});
  });

  it("has the variables of each profile, with its name in capitals", () => {
    const corp = { issuerId: "iss-local", authModes: ["basic" as const] };
    const lab = {
      ...corp,
      profileId: "prof-lab",
      authModes: ["mtls" as const, "basic" as const],
      clientCas: deviceCas,
    };
    const limits = { channelBindingRequired: true, enrollmentsPerDay: 0, serverKeygen: true };
    assert.deepEqual(
      variablesOf({ est: { profiles: { corp, "lab-2": { ...lab, ...limits } } } }, "CERTCTL_EST_"),
      {
        CERTCTL_EST_ENABLED: "true",
        CERTCTL_EST_PROFILES: "corp,lab-2",
        CERTCTL_EST_PROFILE_CORP_ISSUER_ID: "iss-local",
        CERTCTL_EST_PROFILE_CORP_ALLOWED_AUTH_MODES: "basic",
        CERTCTL_EST_PROFILE_CORP_MTLS_ENABLED: "false",
        "CERTCTL_EST_PROFILE_LAB-2_ISSUER_ID": "iss-local",
        "CERTCTL_EST_PROFILE_LAB-2_PROFILE_ID": "prof-lab",
        "CERTCTL_EST_PROFILE_LAB-2_ALLOWED_AUTH_MODES": "mtls,basic",
        "CERTCTL_EST_PROFILE_LAB-2_MTLS_ENABLED": "true",
        "CERTCTL_EST_PROFILE_LAB-2_CHANNEL_BINDING_REQUIRED": "true",
        "CERTCTL_EST_PROFILE_LAB-2_RATE_LIMIT_PER_PRINCIPAL_24H": "0",
        "CERTCTL_EST_PROFILE_LAB-2_SERVERKEYGEN_ENABLED": "true",
        "CERTCTL_EST_PROFILE_LAB-2_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH":
          "/etc/certctl/settings/est-profile-lab-2-mtls-client-ca-trust-bundle-path/ca.crt",
      },
    );
  });

  it("asks nobody who they are only where that is said", () => {
    assert.deepEqual(
      variablesOf({ est: { open: { issuerId: "iss-stepca", profileId: "prof-1" } } }, "CERTCTL_EST_"),
      {
        CERTCTL_EST_ENABLED: "true",
        CERTCTL_EST_ISSUER_ID: "iss-stepca",
        CERTCTL_EST_PROFILE_ID: "prof-1",
      },
    );
  });
});

describe("the server's SCEP", () => {
  const corp = { issuerId: "iss-local", raSecret: "scep-ra" };

  it("has the variables of each profile, with its name in capitals", () => {
    const intune = {
      connectorCertificates: { secret: "intune", key: "connector.pem" },
      audience: "https://scep.example.com",
      challengeValidity: "30m",
      enrollmentsPerDay: 0,
      clockSkewTolerance: "10s",
    };
    const directory = "/etc/certctl/settings/scep-profile-corp";
    assert.deepEqual(
      variablesOf(
        { scep: { profiles: { corp: { ...corp, clientCas: deviceCas, intune } } } },
        "CERTCTL_SCEP_",
      ),
      {
        CERTCTL_SCEP_ENABLED: "true",
        CERTCTL_SCEP_PROFILES: "corp",
        CERTCTL_SCEP_PROFILE_CORP_ISSUER_ID: "iss-local",
        CERTCTL_SCEP_PROFILE_CORP_MTLS_ENABLED: "true",
        CERTCTL_SCEP_PROFILE_CORP_INTUNE_ENABLED: "true",
        CERTCTL_SCEP_PROFILE_CORP_INTUNE_AUDIENCE: "https://scep.example.com",
        CERTCTL_SCEP_PROFILE_CORP_INTUNE_CHALLENGE_VALIDITY: "30m",
        CERTCTL_SCEP_PROFILE_CORP_INTUNE_PER_DEVICE_RATE_LIMIT_24H: "0",
        CERTCTL_SCEP_PROFILE_CORP_INTUNE_CLOCK_SKEW_TOLERANCE: "10s",
        CERTCTL_SCEP_PROFILE_CORP_RA_CERT_PATH: `${directory}-ra-cert-path/tls.crt`,
        CERTCTL_SCEP_PROFILE_CORP_RA_KEY_PATH: `${directory}-ra-key-path/tls.key`,
        CERTCTL_SCEP_PROFILE_CORP_MTLS_CLIENT_CA_TRUST_BUNDLE_PATH: `${directory}-mtls-client-ca-trust-bundle-path/ca.crt`,
        CERTCTL_SCEP_PROFILE_CORP_INTUNE_CONNECTOR_CERT_PATH: `${directory}-intune-connector-cert-path/connector.pem`,
      },
    );
  });

  it("is served without profiles, too", () => {
    assert.deepEqual(variablesOf({ scep: { default: { ...corp, profileId: "prof-1" } } }, "CERTCTL_SCEP_"), {
      CERTCTL_SCEP_ENABLED: "true",
      CERTCTL_SCEP_ISSUER_ID: "iss-local",
      CERTCTL_SCEP_PROFILE_ID: "prof-1",
      CERTCTL_SCEP_RA_CERT_PATH: "/etc/certctl/settings/scep-ra-cert-path/tls.crt",
      CERTCTL_SCEP_RA_KEY_PATH: "/etc/certctl/settings/scep-ra-key-path/tls.key",
    });
  });

  it("reads its private key from memory, where only its owner may read it", () => {
    const { volumes, mounts, initContainers } = mountedFiles(
      fileMounts(resolveServer({ scep: { default: corp } })),
      resolveImages(),
    );
    const [certificate, key, copy] = volumes;
    assert.deepEqual(certificate?.secret, {
      secretName: "scep-ra",
      defaultMode: 0o440,
      items: [{ key: "tls.crt", path: "tls.crt" }],
    });
    assert.deepEqual(key?.secret, {
      secretName: "scep-ra",
      defaultMode: 0o440,
      items: [{ key: "tls.key", path: "tls.key" }],
    });
    assert.deepEqual(copy?.emptyDir, { medium: "Memory", sizeLimit: "1Mi" });
    assert.deepEqual(
      mounts.map(({ name, mountPath }) => [name, mountPath]),
      [
        [certificate.name, "/etc/certctl/settings/scep-ra-cert-path"],
        [copy.name, "/etc/certctl/settings/scep-ra-key-path"],
      ],
    );
    assert.deepEqual(initContainers.map(({ args }) => args).flat(), ["/source/1:/target/1"]);
  });
});

describe("a file that a setting names", () => {
  it("can be executed where it is a script", () => {
    const openssl = { signScript: { configMap: "scripts", key: "sign.sh" } };
    const { volumes } = mountedFiles(fileMounts(resolveServer({ issuer: { openssl } })), resolveImages());
    assert.deepEqual(volumes[0]?.configMap, {
      name: "scripts",
      defaultMode: 0o550,
      items: [{ key: "sign.sh", path: "sign.sh" }],
    });
    assert.deepEqual(variablesOf({ issuer: { openssl } }, "CERTCTL_OPENSSL_"), {
      CERTCTL_OPENSSL_SIGN_SCRIPT: "/etc/certctl/settings/openssl-sign-script/sign.sh",
    });
  });

  it("has a directory of its own, and a variable that an argument governs", () => {
    let seen = 0;
    for (const { config } of corpus("valid")) {
      const { server = {} } = parseValues(stackFileValues(config).values) as { server?: ServerSettings };
      const files = settingFiles(resolveServer(server));
      const directories = fileMounts(resolveServer(server)).map(({ mountPath }) => mountPath);
      assert.equal(new Set(directories).size, files.length);
      for (const { variable } of files) assert.equal(findVariable(variable)?.status, "governed", variable);
      seen += files.length;
    }
    assert.ok(seen >= 9, String(seen));
  });
});
