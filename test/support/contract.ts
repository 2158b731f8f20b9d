import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Builds the stand-ins for certctl's server and agent, and tells where they are. Go's own cache makes the second time quick. */
export function buildContract(): { server: string; agent: string } {
  const folder = join(root, ".local", "contract");
  mkdirSync(folder, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: "0" };
  execFileSync("go", ["build", "-trimpath", "-o", `${folder}/`, "./cmd/..."], { cwd: join(root, "test/contract"), env, stdio: "pipe" });
  return { server: join(folder, "server"), agent: join(folder, "agent") };
}
