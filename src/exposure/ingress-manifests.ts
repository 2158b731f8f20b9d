import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { derive } from "../kubernetes/inputs";
import { objectLabels } from "../kubernetes/labels";
import type { LabelSource } from "../kubernetes/labels";
import { AlbScheme, IngressController } from "./exposure-args";
import type { AlbSettings, IngressCertManagerSettings, IngressSettings } from "./exposure-args";

type Annotations = Record<string, pulumi.Input<string>>;

/** What the manifests of a way in are made from. */
export interface ExposureInput extends LabelSource {
  name: string;
  namespace: pulumi.Input<string>;
  /** Service of the server, and its port. */
  service: string;
  port: number;
}

/** What an Ingress needs besides. */
export interface IngressInput extends ExposureInput {
  settings: IngressSettings;
  /**
   * Secret with `ca.crt` that the server's certificate is verified by; without one nginx does not verify it.
   */
  caSecret?: pulumi.Input<string>;
  /** Largest request body in bytes. */
  maxBodySize: number;
}

/** The name that the server's certificate is verified against. */
export function serverName({ service, namespace }: ExposureInput): pulumi.Input<string> {
  return derive([namespace], (value) => `${service}.${value}.svc`);
}

/** The Ingress. Not awaited: some controllers never publish an address. */
export function serverIngress(input: IngressInput): k8s.types.input.networking.v1.Ingress {
  const { settings, service, port } = input;
  const backend = { service: { name: service, port: { number: port } } };
  const secretName = settings.certManager ? `${input.name}-tls` : settings.tlsSecret;
  return {
    metadata: {
      ...exposureMetadata(input),
      annotations: {
        ...controllerAnnotations[settings.controller ?? IngressController.Nginx](input),
        ...issuerAnnotations(settings.certManager),
        ...settings.annotations,
        "pulumi.com/skipAwait": "true",
      },
    },
    spec: {
      ...(settings.className && { ingressClassName: settings.className }),
      rules: settings.hosts.map((host) => ({
        host,
        http: { paths: [{ path: "/", pathType: "Prefix", backend }] },
      })),
      ...(settings.controller !== IngressController.Alb && {
        tls: [{ hosts: settings.hosts, ...(secretName && { secretName }) }],
      }),
    },
  };
}

const controllerAnnotations: Record<IngressController, (input: IngressInput) => Annotations> = {
  nginx: nginxAnnotations,
  // Traefik reads how to reach a backend from its Service.
  traefik: () => ({ "traefik.ingress.kubernetes.io/router.tls": "true" }),
  alb: ({ settings }) => albAnnotations(settings.alb ?? {}),
};

/**
 * ingress-nginx ignores every `proxy-ssl-` annotation without the Secret, and with it defaults to TLS 1.2 at
 * most.
 */
function nginxAnnotations(input: IngressInput): Annotations {
  const { caSecret, namespace } = input;
  return withPrefix("nginx.ingress.kubernetes.io/", {
    "backend-protocol": "HTTPS",
    "proxy-body-size": String(input.maxBodySize),
    ...(caSecret !== undefined && {
      "proxy-ssl-secret": derive([namespace, caSecret], (inNamespace, secret) => `${inNamespace}/${secret}`),
      "proxy-ssl-verify": "on",
      "proxy-ssl-verify-depth": "3",
      "proxy-ssl-name": serverName(input),
      "proxy-ssl-server-name": "on",
      "proxy-ssl-protocols": "TLSv1.3",
    }),
  });
}

function albAnnotations({ scheme, certificateArn, sslPolicy }: AlbSettings): Annotations {
  return withPrefix("alb.ingress.kubernetes.io/", {
    scheme: scheme ?? AlbScheme.Internal,
    "target-type": "ip",
    "backend-protocol": "HTTPS",
    "healthcheck-protocol": "HTTPS",
    "healthcheck-path": "/ready",
    "listen-ports": '[{"HTTPS":443}]',
    "ssl-policy": sslPolicy ?? "ELBSecurityPolicy-TLS13-1-2-2021-06",
    ...(certificateArn !== undefined && { "certificate-arn": certificateArn }),
  });
}

/** cert-manager's words on an Ingress: issuers of its own group have short ones. */
function issuerAnnotations(settings: IngressCertManagerSettings | undefined): Annotations {
  if (!settings) return {};
  const { name, kind = "ClusterIssuer", group = "cert-manager.io" } = settings.issuerRef;
  if (group !== "cert-manager.io") {
    return withPrefix("cert-manager.io/", { issuer: name, "issuer-kind": kind, "issuer-group": group });
  }
  return kind === "ClusterIssuer"
    ? { "cert-manager.io/cluster-issuer": name }
    : { "cert-manager.io/issuer": name };
}

/** Annotations of the Service that lead Traefik to the ServersTransport. */
export function traefikServiceAnnotations(namespace: string, transport: string): Record<string, string> {
  return withPrefix("traefik.ingress.kubernetes.io/service.", {
    serversscheme: "https",
    serverstransport: `${namespace}-${transport}@kubernetescrd`,
  });
}

/**
 * How Traefik reaches the server: by which name, and whom it trusts; the roots of its own image unless there
 * is a Secret.
 */
export function serversTransport(input: IngressInput): k8s.apiextensions.CustomResourceArgs {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "ServersTransport",
    metadata: exposureMetadata(input),
    spec: {
      serverName: serverName(input),
      ...(input.caSecret !== undefined && { rootCAsSecrets: [input.caSecret] }),
    },
  };
}

export function exposureMetadata(
  input: ExposureInput,
  suffix = "",
): { name: string } & k8s.types.input.meta.v1.ObjectMeta {
  return { name: input.name + suffix, namespace: input.namespace, labels: objectLabels(input, "server") };
}

function withPrefix<T>(prefix: string, values: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
}
