import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startControlPlane, stopControlPlane } from "../../../scripts/local/control-plane.mjs";

const stateDir = fileURLToPath(new URL("../../../.local/test-control-plane", import.meta.url));

/**
 * Starts what the files of test/engine share when they run side by side, each in a process and with stacks and
 * namespaces of its own; and stops it, also when the run was interrupted.
 * @template T
 * @param {(env: NodeJS.ProcessEnv) => Promise<T>} action gets the environment by which the files find it (engine.ts)
 * @returns {Promise<T>}
 */
export async function withSharedEngine(action) {
  const workFolder = mkdtempSync(join(tmpdir(), "certctl-engine-"));
  try {
    const { kubeconfig } = await startControlPlane({ stateDir });
    return await action({
      ...process.env,
      CERTCTL_SHARED_ENGINE: JSON.stringify({ workFolder, kubeconfig }),
    });
  } finally {
    await stopControlPlane({ stateDir });
    for (const folder of [stateDir, workFolder]) rmSync(folder, { recursive: true, force: true });
  }
}
