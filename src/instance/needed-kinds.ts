import type { CertctlArgs } from "../certctl-args";
import { ExposureMode, IngressController } from "../exposure/exposure-args";
import type { NeededKind } from "../kubernetes/custom-resources";
import { TlsMode } from "../tls/tls-args";

/** The kinds of other products that an instance with these arguments creates objects of. */
export function neededKinds(args: CertctlArgs): NeededKind[] {
  if (args.checkCustomResources === false) return [];
  const { mode, ingress, gateway } = args.exposure ?? {};
  const byIngress = mode === ExposureMode.Ingress ? ingress : undefined;
  const byGateway = mode === ExposureMode.Gateway ? gateway : undefined;
  const { serviceMonitor, rules } = args.monitoring ?? {};
  const monitored = args.monitoring?.enabled === true;
  return [
    ...(args.tls?.mode === TlsMode.CertManager
      ? [certificates("tls.mode certManager", "choose another tls.mode")]
      : []),
    ...(byIngress?.certManager
      ? [certificates("exposure.ingress.certManager", "set exposure.ingress.tlsSecret instead")]
      : []),
    ...(byIngress?.controller === IngressController.Traefik ? [serversTransports] : []),
    ...(byGateway
      ? ["httproutes", "backendtlspolicies"].map((kind) => gatewayKind(kind, gatewayRoutes))
      : []),
    ...(byGateway?.passthrough ? [gatewayKind("tlsroutes", gatewayPassthrough)] : []),
    ...(monitored && serviceMonitor?.enabled !== false
      ? [operatorKind("servicemonitors", "monitoring.serviceMonitor")]
      : []),
    ...(monitored && rules?.enabled !== false ? [operatorKind("prometheusrules", "monitoring.rules")] : []),
  ];
}

function certificates(feature: string, otherwise: string): NeededKind {
  return {
    feature,
    definition: "certificates.cert-manager.io",
    version: "v1",
    product: "cert-manager",
    otherwise,
  };
}

const serversTransports: NeededKind = {
  feature: "exposure.ingress.controller traefik",
  definition: "serverstransports.traefik.io",
  version: "v1alpha1",
  product: "Traefik",
  otherwise: "choose another exposure.ingress.controller",
};

const gatewayRoutes = { feature: "exposure.mode gateway", otherwise: "choose another exposure.mode" };
const gatewayPassthrough = { feature: "exposure.gateway.passthrough", otherwise: "remove it" };

function gatewayKind(
  plural: string,
  { feature, otherwise }: Pick<NeededKind, "feature" | "otherwise">,
): NeededKind {
  return {
    feature,
    definition: `${plural}.gateway.networking.k8s.io`,
    version: "v1",
    product: "the Gateway API",
    otherwise,
  };
}

function operatorKind(plural: string, feature: string): NeededKind {
  const definition = `${plural}.monitoring.coreos.com`;
  return {
    feature,
    definition,
    version: "v1",
    product: "the Prometheus Operator",
    otherwise: `set ${feature}.enabled: false`,
  };
}
