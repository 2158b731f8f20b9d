// Mocha runs this before the first file and after the last one (--require): the files of test/engine go side
// by side, in processes that mocha starts, on one control plane, each with stacks and namespaces of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startControlPlane, stopControlPlane } from "../../../scripts/local/control-plane.mjs";

const stateDir = fileURLToPath(new URL("../../../.local/test-control-plane", import.meta.url));
let workFolder = "";

export async function mochaGlobalSetup() {
  workFolder = mkdtempSync(join(tmpdir(), "certctl-engine-"));
  const { kubeconfig } = await startControlPlane({ stateDir });
  // The processes of the files inherit it.
  process.env.CERTCTL_SHARED_ENGINE = JSON.stringify({ workFolder, kubeconfig });
}

export async function mochaGlobalTeardown() {
  await stopControlPlane({ stateDir });
  for (const folder of [stateDir, workFolder]) rmSync(folder, { recursive: true, force: true });
}
