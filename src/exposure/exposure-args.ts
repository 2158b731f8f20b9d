import type * as pulumi from "@pulumi/pulumi";
import type { ObjectName } from "../kubernetes/types";
import type { NetworkPeer } from "../network/network-args";
import type { CertManagerIssuerReference, DnsName } from "../tls/tls-args";

/**
 * How clients outside of the cluster reach the server. A load balancer of its own is `server.service.type:
 * LoadBalancer`.
 */
export const ExposureMode = {
  /** Not at all. */
  None: "none",
  /** Through an Ingress, whose controller ends TLS and speaks HTTPS to the server. */
  Ingress: "ingress",
  /** Through routes of the Gateway API, attached to a Gateway that exists already. */
  Gateway: "gateway",
} as const;
export type ExposureMode = (typeof ExposureMode)[keyof typeof ExposureMode];

// facts: http-surface
/**
 * What carries out an Ingress: each controller is told in its own words that the server speaks HTTPS, TLS 1.3
 * only.
 */
export const IngressController = {
  /** The community's ingress-nginx. */
  Nginx: "nginx",
  /** Traefik 2.10 or newer; its ServersTransport verifies the server. */
  Traefik: "traefik",
  /** The AWS Load Balancer Controller. */
  Alb: "alb",
} as const;
export type IngressController = (typeof IngressController)[keyof typeof IngressController];

/** Who can reach an AWS load balancer. */
export const AlbScheme = { Internal: "internal", InternetFacing: "internet-facing" } as const;
export type AlbScheme = (typeof AlbScheme)[keyof typeof AlbScheme];

/** How clients outside of the cluster reach the server. */
export interface ExposureSettings {
  /** Way in. @default none */
  mode?: ExposureMode;
  /** Only with `mode: ingress`, and then required. */
  ingress?: IngressSettings;
  /** Only with `mode: gateway`, and then required. */
  gateway?: GatewaySettings;
}

/**
 * An Ingress for the whole server. Clients cannot show certificates through it: EST and SCEP with mTLS need a
 * way in that does not end TLS.
 */
export interface IngressSettings {
  /** The controller that carries it out. @default nginx */
  controller?: IngressController;
  /** IngressClass. @default the cluster's default class */
  className?: ObjectName;
  /** DNS names of the server for its clients outside. */
  hosts: DnsName[];
  /**
   * Secret of type kubernetes.io/tls with a certificate for the hosts, in the instance's namespace; not with
   * `controller: alb`.
   *
   * @default the controller's own certificate
   */
  tlsSecret?: pulumi.Input<ObjectName>;
  /**
   * The cert-manager issuer that makes the certificate for the hosts; not with `controller: alb`.
   *
   * @default none
   */
  certManager?: IngressCertManagerSettings;
  /** AWS-specific settings; only with `controller: alb`. */
  alb?: AlbSettings;
  /**
   * Who connects to the server for the controller: network policies let them in. An ALB has no pods: give the
   * `cidr` of its subnets. Ports: `server.port`.
   *
   * @default with nginx the pods `app.kubernetes.io/name: ingress-nginx`, `app.kubernetes.io/component:
   * controller` in the namespace ingress-nginx; with Traefik the pods `app.kubernetes.io/name: traefik` in
   * the namespace traefik; none with an ALB, where it is required
   */
  callers?: NetworkPeer[];
  /** Further annotations; those that decide how the controller reaches the server are refused. @default {} */
  annotations?: Record<string, string>;
}

/** A certificate for the hosts of an Ingress. */
export interface IngressCertManagerSettings {
  /** The issuer that signs. */
  issuerRef: CertManagerIssuerReference;
}

/** An AWS Application Load Balancer. It does not verify the server's certificate. */
export interface AlbSettings {
  /** Who can reach it. @default internal */
  scheme?: AlbScheme;
  /**
   * Certificate in AWS Certificate Manager.
   *
   * @default found by the hosts
   * @pattern ^arn:aws[-a-z]*:acm:[-a-z0-9]+:[0-9]{12}:certificate/[-a-z0-9]+$
   * @patternErrorMessage is not the ARN of an ACM certificate, such as arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c
   */
  certificateArn?: string;
  /**
   * TLS policy. With one that offers TLS 1.3 the load balancer speaks TLS 1.3 to the server too, which
   * accepts nothing older.
   *
   * @default ELBSecurityPolicy-TLS13-1-2-2021-06
   * @pattern ^ELBSecurityPolicy-TLS13-[-A-Za-z0-9]+$
   * @patternErrorMessage is not a policy with TLS 1.3, such as ELBSecurityPolicy-TLS13-1-2-2021-06; without it the load balancer cannot reach the server
   */
  sslPolicy?: string;
}

/** Routes of the Gateway API: HTTPRoute and BackendTLSPolicy (1.4 or newer), and TLSRoute (1.5 or newer). */
export interface GatewaySettings {
  /** The listener that ends TLS for the hosts. */
  listener: GatewayListener;
  /** DNS names of the server for its clients outside. */
  hosts: DnsName[];
  /**
   * Who connects to the server for the Gateways: network policies let them in. Ports: `server.port`.
   *
   * @default the pods `gateway.networking.k8s.io/gateway-name: <gateway>` in the Gateway's namespace, where a
   * controller that keeps to GEP-1762 runs them
   */
  callers?: NetworkPeer[];
  /** A second way in that does not end TLS, for EST and SCEP clients that show certificates. @default none */
  passthrough?: PassthroughSettings;
}

/** A listener of a Gateway that exists already. Its `allowedRoutes` must admit the instance's namespace. */
export interface GatewayListener {
  /** Name of the Gateway. */
  gateway: ObjectName;
  /** Namespace of the Gateway. @default the instance's */
  namespace?: ObjectName;
  /** Name of the listener (`sectionName`). @default each that fits */
  name?: ObjectName;
}

/**
 * A TLSRoute: clients see the server's own certificate, which must hold for the hosts (`tls.extraDnsNames`).
 */
export interface PassthroughSettings {
  /** A listener with `protocol: TLS` and `tls.mode: Passthrough`. */
  listener: GatewayListener;
  /** DNS names, other than those of the HTTPRoute. */
  hosts: DnsName[];
}
