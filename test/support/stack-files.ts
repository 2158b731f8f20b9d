import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { placeholderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { requiredSecrets } from "../../src/secrets/required-secrets";

const root = resolve(__dirname, "../..");

/** The arguments in a committed stack file, without secrets. */
export function committed(stack: string): CertctlArgs {
  const { config } = parse(readFileSync(join(root, `Pulumi.${stack}.yaml`), "utf8")) as {
    config: Record<string, unknown>;
  };
  const args = placeholderArgs(config);
  return Object.fromEntries(
    Object.entries(args).filter(([key]) => !requiredSecrets(args).some((path) => path.split(".")[0] === key)),
  );
}
