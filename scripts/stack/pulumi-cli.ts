import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { UserError } from "../lib/user-error.cjs";

/** How the Pulumi CLI is called for one stack. */
export interface PulumiCall {
  /** Directory of Pulumi.yaml. */
  directory: string;
  stack: string;
  configFile: string;
  /**
   * What the command reads from stdin: the only way for a secret. Arguments can be seen by every user of the
   * machine.
   */
  input?: string;
}

/** Runs `npx pulumi <args>` without questions, and returns what it prints. */
export async function pulumi(args: readonly string[], call: PulumiCall): Promise<string> {
  const options = [
    "--stack",
    call.stack,
    "--config-file",
    call.configFile,
    "--non-interactive",
    "--color",
    "never",
  ];
  const child = spawn(process.execPath, [launcher(call.directory), ...args, ...options], {
    cwd: call.directory,
    env: { PULUMI_SKIP_UPDATE_CHECK: "true", ...process.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  // A CLI that refuses before it reads closes the pipe: its exit code tells.
  child.stdin.on("error", () => undefined);
  child.stdin.end(call.input ?? "");
  const code = await new Promise<number | null>((resolve, reject) =>
    child.on("error", reject).on("close", resolve),
  );
  if (code !== 0) throw new UserError(explain(args, stderr, call.stack));
  return stdout;
}

function launcher(directory: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve("pulumi/run.js");
  } catch {
    throw new UserError('The Pulumi CLI is not installed: run "npm ci", then this command again.');
  }
}

/** What a failure of the CLI means for the user, and what mends it. */
export function explain(args: readonly string[], stderr: string, stack: string): string {
  const again = "then run this command again.";
  if (stderr.includes("no stack named")) {
    return `There is no stack "${stack}" in this Pulumi backend: create it with "npx pulumi stack init ${stack}", ${again}`;
  }
  if (stderr.includes("passphrase must be set")) {
    return `The secrets of "${stack}" are encrypted with a passphrase, and none is given: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, ${again}`;
  }
  if (stderr.includes("incorrect passphrase")) {
    return `The passphrase is not the one that the secrets of "${stack}" are encrypted with: correct PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE, ${again}`;
  }
  if (/PULUMI_ACCESS_TOKEN|pulumi login|not logged in/i.test(stderr)) {
    return `No Pulumi backend is chosen: log in with "npx pulumi login" (or set PULUMI_BACKEND_URL), ${again}`;
  }
  if (/^pulumi: /m.test(stderr) || stderr.includes("Downloading pulumi")) {
    return `The Pulumi CLI could not be started (${lastLine(stderr)}): install it with "npx pulumi version", ${again}`;
  }
  return `"pulumi ${args.join(" ")}" failed: ${lastLine(stderr)}`;
}

function lastLine(text: string): string {
  const found = text.trim().split("\n").at(-1) ?? "";
  return found.replace(/^(error|pulumi): /, "").trim() || "it printed no reason";
}
