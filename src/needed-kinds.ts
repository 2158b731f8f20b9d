import type { CertctlArgs } from "./certctl-args";
import type { NeededKind } from "./kubernetes/custom-resources";
import { TlsMode } from "./tls/tls-args";

/** The kinds of other products that an instance with these arguments creates objects of. */
export function neededKinds(args: CertctlArgs): NeededKind[] {
  if (args.checkCustomResources === false) return [];
  return args.tls?.mode === TlsMode.CertManager
    ? [{ feature: "tls.mode certManager", definition: "certificates.cert-manager.io", version: "v1" }]
    : [];
}
