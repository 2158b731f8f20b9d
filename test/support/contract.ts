import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/**
 * Builds the stand-ins for certctl's server and agent, and tells where they are. Go's own cache makes the
 * second time quick. With `CERTCTL_BINARIES`, a folder with a `server` and an `agent`, the tests run those:
 * by hand, to see what certctl's own do differently.
 */
export function buildContract(): { server: string; agent: string } {
  const given = process.env.CERTCTL_BINARIES;
  if (given !== undefined) return { server: join(given, "server"), agent: join(given, "agent") };
  const folder = join(root, ".local", "contract");
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: "0" };
  execFileSync("go", ["build", "-trimpath", "-o", `${folder}/`, "./cmd/..."], {
    cwd: join(root, "test/contract"),
    env,
    stdio: "pipe",
  });
  return { server: join(folder, "server"), agent: join(folder, "agent") };
}
