import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { buildContract } from "../support/contract";
import { localContainer, manifestOf, podSpec } from "../support/pods";
import type { LocalContainer } from "../support/pods";
import { generateSecrets } from "../support/secrets";
import { committed } from "../support/stack-files";
import { makeUserland } from "../support/userland";
import { configurations } from "./configurations";

describe("the stand-in for certctl, which refuses to start by certctl's rules (facts: refusals-to-start),", function () {
  this.timeout(300_000);
  let binaries: ReturnType<typeof buildContract>;
  let secrets: CertctlArgs;
  let folder: string;

  before(async () => {
    binaries = buildContract();
    secrets = await generateSecrets();
    folder = mkdtempSync(join(tmpdir(), "certctl-boot-"));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const stacks = { "the stack dev": committed("dev"), "the stack prod-ha": committed("prod-ha") };
  for (const [name, given] of Object.entries({ ...stacks, ...configurations })) {
    describe(`with ${name}`, () => {
      let manifests: Manifest[];

      before(async () => {
        manifests = await renderArgs({ ...secrets, ...given });
      });

      it("boots as the Deployment", () => {
        const container = localContainer(
          manifests,
          manifestOf(manifests, "Deployment", "certctl-server"),
          "server",
          join(folder, name, "server"),
        );
        const byJob = given.migrations?.mode !== "server";
        assert.equal(container.env.CERTCTL_MIGRATIONS_VIA_HOOK, byJob ? "true" : undefined);
        boots(binaries.server, container);
      });

      if (given.migrations?.mode !== "server") {
        it("boots as the migration Job", () => {
          const others = manifests.filter(
            ({ metadata }) => !metadata.name.startsWith("certctl-migrate-backup-"),
          );
          const job = manifestOf(others, "Job", "certctl-migrate-");
          const container = localContainer(manifests, job, "migrate", join(folder, name, "migrate"));
          assert.deepEqual(container.args, ["--migrate-only"]);
          boots(binaries.server, container);
        });
      }

      it("boots as an agent", () => {
        const kind = given.agents?.kind ?? "StatefulSet";
        const workload = manifestOf(manifests, kind, "certctl-agents");
        const container = localContainer(manifests, workload, "agent", join(folder, name, "agent"));
        const { AGENT_HOME: home = "" } = container.env;
        writeFileSync(join(home, "agent-id"), "agent-1-1");
        // The pod's own script starts the agent; here its last line is the stand-in.
        const script = readFileSync(container.command[1] ?? "", "utf8").replace(
          "exec /app/agent",
          `exec ${binaries.agent} --check-config`,
        );
        const started = spawnSync("sh", ["-c", script], {
          env: { PATH: makeUserland("agent", join(folder, "system")), ...container.env },
          encoding: "utf8",
        });
        assert.equal(started.status, 0, started.stdout + started.stderr);
        assert.ok(!JSON.stringify(podSpec(workload)).includes("admin"));
      });
    });
  }

  it("does refuse: without its certificate the Deployment's environment is not enough", async () => {
    const manifests = await renderArgs(secrets);
    const container = localContainer(
      manifests,
      manifestOf(manifests, "Deployment", "certctl-server"),
      "server",
      join(folder, "refused"),
    );
    Reflect.deleteProperty(container.env, "CERTCTL_SERVER_TLS_CERT_PATH");
    const started = start(binaries.server, container);
    assert.equal(started.status, 1);
    assert.match(started.stdout, /CERTCTL_SERVER_TLS_CERT_PATH/);
  });
});

function boots(binary: string, container: LocalContainer): void {
  const started = start(binary, container);
  assert.equal(started.status, 0, started.stdout + started.stderr);
}

function start(
  binary: string,
  container: LocalContainer,
): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(binary, [...container.args, "--check-config"], { env: container.env, encoding: "utf8" });
}
