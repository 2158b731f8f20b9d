import type { CertctlArgs } from "./certctl-args";
import { ExposureMode, IngressController } from "./exposure/exposure-args";
import type { NeededKind } from "./kubernetes/custom-resources";
import { TlsMode } from "./tls/tls-args";

/** The kinds of other products that an instance with these arguments creates objects of. */
export function neededKinds(args: CertctlArgs): NeededKind[] {
  if (args.checkCustomResources === false) return [];
  const { mode, ingress, gateway } = args.exposure ?? {};
  const byIngress = mode === ExposureMode.Ingress ? ingress : undefined;
  const byGateway = mode === ExposureMode.Gateway ? gateway : undefined;
  return [
    ...(args.tls?.mode === TlsMode.CertManager ? [certificates("tls.mode certManager")] : []),
    ...(byIngress?.certManager ? [certificates("exposure.ingress.certManager")] : []),
    ...(byIngress?.controller === IngressController.Traefik ? [serversTransports] : []),
    ...(byGateway ? ["httproutes", "backendtlspolicies"].map((kind) => gatewayKind(kind, "exposure.mode gateway")) : []),
    ...(byGateway?.passthrough ? [gatewayKind("tlsroutes", "exposure.gateway.passthrough")] : []),
  ];
}

function certificates(feature: string): NeededKind {
  return { feature, definition: "certificates.cert-manager.io", version: "v1" };
}

const serversTransports: NeededKind = {
  feature: "exposure.ingress.controller traefik",
  definition: "serverstransports.traefik.io",
  version: "v1alpha1",
};

function gatewayKind(plural: string, feature: string): NeededKind {
  return { feature, definition: `${plural}.gateway.networking.k8s.io`, version: "v1" };
}
