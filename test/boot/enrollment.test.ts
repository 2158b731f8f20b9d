import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { buildContract } from "../support/contract";
import { localContainer, manifestOf, podSpec } from "../support/pods";
import { generateSecrets } from "../support/secrets";
import { makeUserland } from "../support/userland";

const deviceCas = { configMap: "device-cas", key: "ca.crt" };

/** Every setting that names a file. */
const settings: CertctlArgs["server"] = {
  est: {
    profiles: {
      lab: {
        issuerId: "iss-local",
        profileId: "prof-lab",
        authModes: ["mtls"],
        clientCas: deviceCas,
        channelBindingRequired: true,
      },
    },
  },
  scep: {
    profiles: {
      corp: {
        issuerId: "iss-local",
        raSecret: "scep-ra",
        clientCas: deviceCas,
        intune: { connectorCertificates: deviceCas },
      },
    },
  },
};

describe("the stand-in for certctl, with the files of EST and SCEP profiles,", function () {
  this.timeout(300_000);
  let binary: string;
  let folder: string;
  let manifests: Manifest[];

  before(async () => {
    binary = buildContract().server;
    folder = mkdtempSync(join(tmpdir(), "certctl-enrollment-"));
    const secrets: CertctlArgs = await generateSecrets();
    const secretEnv = { CERTCTL_SCEP_PROFILE_CORP_CHALLENGE_PASSWORD: "let-me-in" };
    manifests = [
      ...(await renderArgs({ ...secrets, server: settings, secretEnv })),
      existing("Secret", "scep-ra", { "tls.crt": secrets.caCertificate, "tls.key": secrets.caPrivateKey }),
      existing("ConfigMap", "device-cas", { "ca.crt": secrets.tlsCaCertificate }),
    ];
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("refuses to start as long as the private key is not there", () => {
    const { status, stdout } = start("before");
    assert.equal(status, 1);
    assert.match(stdout, /RA_KEY_PATH/);
  });

  it("boots once the pod has copied it, for its owner only", () => {
    const key = copyPrivateFiles("after");
    assert.equal(statSync(key).mode & 0o077, 0);
    const { status, stdout } = start("after");
    assert.equal(status, 0, stdout);
  });

  function start(name: string): { status: number | null; stdout: string } {
    const server = localContainer(manifests, deployment(), "server", join(folder, name));
    return spawnSync(binary, [...server.args, "--check-config"], { env: server.env, encoding: "utf8" });
  }

  /**
   * What the pod's init container does, from a folder of its own into that of the server. The path of the key
   * there.
   */
  function copyPrivateFiles(name: string): string {
    const source = join(folder, `${name}-copy`);
    const { args, command } = localContainer(manifests, deployment(), "copy-private-files", source);
    const [pair = ""] = args;
    const [from = "", to = ""] = pair.split(":");
    const pod = podSpec(deployment());
    const volume = mountsOf("copy-private-files").find(({ mountPath }) => mountPath === to)?.name;
    const target = mountsOf("server").find((mount) => mount.name === volume)?.mountPath ?? "";
    assert.ok(pod.volumes?.some((one) => one.name === volume));
    localContainer(manifests, deployment(), "server", join(folder, name));
    const [shell = "", ...rest] = command;
    const copied = spawnSync(shell, [...rest, `${source}${from}:${join(folder, name, target)}`], {
      env: { PATH: makeUserland("server", join(folder, "system")) },
      encoding: "utf8",
    });
    assert.equal(copied.status, 0, copied.stderr);
    return join(folder, name, target, "tls.key");
  }

  function mountsOf(name: string): { name: string; mountPath: string }[] {
    const { containers, initContainers = [] } = podSpec(deployment());
    return (
      [...initContainers, ...containers].find((container) => container.name === name)?.volumeMounts ?? []
    );
  }

  function deployment(): Manifest {
    return manifestOf(manifests, "Deployment", "certctl-server");
  }
});

function existing(kind: string, name: string, data: Record<string, unknown>): Manifest {
  return { apiVersion: "v1", kind, metadata: { name }, data };
}
