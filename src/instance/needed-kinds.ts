import { ExposureMode, IngressController } from "../exposure/exposure-args";
import type { NeededKind } from "../kubernetes/custom-resources";
import { TlsMode } from "../tls/tls-args";
import type { InstanceSettings } from "./instance-settings";

/** The kinds of other products that an instance with these settings creates objects of. */
export function neededKinds(settings: InstanceSettings): NeededKind[] {
  const { checkCustomResources, exposure, monitoring, tls } = settings;
  if (!checkCustomResources) return [];
  const ingress = exposure?.mode === ExposureMode.Ingress ? exposure.ingress : undefined;
  const gateway = exposure?.mode === ExposureMode.Gateway ? exposure.gateway : undefined;
  return [
    ...(tls.mode === TlsMode.CertManager
      ? [certificates("tls.mode certManager", "choose another tls.mode")]
      : []),
    ...(ingress?.certManager
      ? [certificates("exposure.ingress.certManager", "set exposure.ingress.tlsSecret instead")]
      : []),
    ...(ingress?.controller === IngressController.Traefik ? [serversTransports] : []),
    ...(gateway ? ["httproutes", "backendtlspolicies"].map((kind) => gatewayKind(kind, gatewayRoutes)) : []),
    ...(gateway?.passthrough ? [gatewayKind("tlsroutes", gatewayPassthrough)] : []),
    ...(monitoring?.serviceMonitor.enabled
      ? [operatorKind("servicemonitors", "monitoring.serviceMonitor")]
      : []),
    ...(monitoring?.rules.enabled ? [operatorKind("prometheusrules", "monitoring.rules")] : []),
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
