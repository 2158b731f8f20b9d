import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

/** Where the stand-ins for certctl's server and agent are. */
interface Programs {
  server: string;
  agent: string;
}

let built: Programs | undefined;

/**
 * Builds the stand-ins for certctl's server and agent, and tells where they are. Go's own cache makes the
 * second time quick. With `CERTCTL_BINARIES`, a folder with a `server` and an `agent`, the tests run those:
 * by hand, to see what certctl's own do differently.
 */
export function buildContract(): Programs {
  const given = process.env.CERTCTL_BINARIES;
  return given === undefined ? (built ??= build()) : programsIn(given);
}

function build(): Programs {
  const folder = join(root, ".local", "contract");
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(`${folder}-`);
  try {
    execFileSync("go", ["build", "-trimpath", "-o", `${work}/`, "./cmd/..."], {
      cwd: join(root, "test/contract"),
      env: { ...process.env, CGO_ENABLED: "0" },
      stdio: "pipe",
    });
    const [from, to] = [programsIn(work), programsIn(folder)];
    // Test files run side by side: one that runs cannot be written to, but its name can be given away.
    renameSync(from.server, to.server);
    renameSync(from.agent, to.agent);
    return to;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function programsIn(folder: string): Programs {
  return { server: join(folder, "server"), agent: join(folder, "agent") };
}
