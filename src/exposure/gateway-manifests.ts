import type * as k8s from "@pulumi/kubernetes";
import { trustSource } from "../tls/trust";
import type { Trust } from "../tls/trust";
import type { GatewayListener, GatewaySettings, PassthroughSettings } from "./exposure-args";
import { exposureMetadata, serverName } from "./ingress-manifests";
import type { ExposureInput } from "./ingress-manifests";

type CustomResource = k8s.apiextensions.CustomResourceArgs;

const apiVersion = "gateway.networking.k8s.io/v1";

/** The route of what the Gateway decrypts. */
export function httpRoute(input: ExposureInput, { listener, hosts }: GatewaySettings): CustomResource {
  return route("HTTPRoute", input, "", listener, hosts);
}

/** The route of what passes through still encrypted, so that the server sees its clients' certificates. */
export function tlsRoute(input: ExposureInput, { listener, hosts }: PassthroughSettings): CustomResource {
  return route("TLSRoute", input, "-passthrough", listener, hosts);
}

function route(
  kind: string,
  input: ExposureInput,
  suffix: string,
  listener: GatewayListener,
  hostnames: string[],
): CustomResource {
  return {
    apiVersion,
    kind,
    metadata: exposureMetadata(input, suffix),
    spec: {
      parentRefs: [parentReference(listener)],
      hostnames,
      rules: [{ backendRefs: [{ name: input.service, port: input.port }] }],
    },
  };
}

function parentReference({ gateway, namespace, name }: GatewayListener): object {
  return { name: gateway, ...(namespace && { namespace }), ...(name && { sectionName: name }) };
}

/** Makes the Gateway speak HTTPS to the server, and verify it. */
export function backendTlsPolicy(input: ExposureInput, trust: Trust): CustomResource {
  return {
    apiVersion,
    kind: "BackendTLSPolicy",
    metadata: exposureMetadata(input),
    spec: {
      targetRefs: [{ group: "", kind: "Service", name: input.service, sectionName: "https" }],
      validation: { hostname: serverName(input), ...trustedBy(trust) },
    },
  };
}

function trustedBy(trust: Trust): { wellKnownCACertificates: string } | { caCertificateRefs: object[] } {
  const source = trustSource(trust);
  if (!source) return { wellKnownCACertificates: "System" };
  return { caCertificateRefs: [{ group: "", kind: source.kind, name: source.name }] };
}
