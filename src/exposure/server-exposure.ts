import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { checkedSettings } from "../checks/checked-settings";
import { needs, partArguments, takes } from "../checks/contract";
import type { Contract } from "../checks/contract";
import { dependencies } from "../kubernetes/dependencies";
import type { LabelSource } from "../kubernetes/labels";
import { trustAdvice } from "../tls/trust";
import type { Trust } from "../tls/trust";
import { ExposureMode, IngressController } from "./exposure-args";
import type { ExposureSettings } from "./exposure-args";
import { serverExposureIssues } from "./server-exposure-checks";
import { backendTlsPolicy, httpRoute, tlsRoute } from "./gateway-manifests";
import { exposureMetadata, serverIngress, serversTransport } from "./ingress-manifests";

/** Arguments of a way in. */
export interface ServerExposureArgs extends LabelSource, ExposureSettings {
  /** Namespace of the server. */
  namespace: pulumi.Input<string>;
  /** Name of the server's Service. */
  service: string;
  /** Port of the server's Service. */
  port: number;
  /** Where the CA certificates are that the server's certificate is verified by. */
  trust: Trust;
  /** PEM certificates of those CAs, where they are known. */
  caCertificate?: pulumi.Input<string>;
  /** Largest request body in bytes. @default 1048576 */
  maxBodySize?: number;
}

const contract: Contract<ServerExposureArgs, ExposureSettings> = {
  settings: "ExposureSettings",
  others: {
    ...partArguments,
    instance: needs("ObjectName", "the name of the instance"),
    service: needs("text", "the name of the server's Service"),
    port: needs("Port", "the port of the server's Service"),
    trust: needs("object", trustAdvice),
    caCertificate: takes("text"),
    maxBodySize: takes("number"),
  },
  issues: serverExposureIssues,
};

/** The way in for clients outside of the cluster: an Ingress, or routes of the Gateway API. */
export class ServerExposure extends pulumi.ComponentResource {
  /** Base URLs for clients outside. */
  public readonly urls: string[];

  constructor(name: string, args: ServerExposureArgs, opts?: pulumi.ComponentResourceOptions) {
    super("certctl:index:ServerExposure", name, {}, opts);
    args = checkedSettings(contract, args, name, opts);
    const { mode, ingress, gateway } = args;
    const child = { parent: this, dependsOn: dependencies(opts) };
    const input = { ...args, name };
    const hosts = (mode === ExposureMode.Ingress ? ingress : gateway)?.hosts ?? [];
    this.urls = hosts.map((host) => `https://${host}`);

    if (mode === ExposureMode.Ingress && ingress) {
      const caSecret = this.caSecret(name, args, child);
      const settings = { ...input, settings: ingress, caSecret, maxBodySize: args.maxBodySize ?? 1048576 };
      if (ingress.controller === IngressController.Traefik) {
        new k8s.apiextensions.CustomResource(`${name}-transport`, serversTransport(settings), child);
      }
      new k8s.networking.v1.Ingress(name, serverIngress(settings), child);
    }
    if (mode === ExposureMode.Gateway && gateway) {
      // First the policy: a route without it would speak clear text to the server.
      const policy = new k8s.apiextensions.CustomResource(
        `${name}-policy`,
        backendTlsPolicy(input, args.trust),
        child,
      );
      const routes = { parent: this, dependsOn: dependencies(opts, [policy]) };
      new k8s.apiextensions.CustomResource(`${name}-http`, httpRoute(input, gateway), routes);
      if (gateway.passthrough)
        new k8s.apiextensions.CustomResource(`${name}-tls`, tlsRoute(input, gateway.passthrough), routes);
    }
    this.registerOutputs({ urls: this.urls });
  }

  /** Ingress controllers read CA certificates from a Secret only; an ALB reads none. */
  private caSecret(
    name: string,
    args: ServerExposureArgs,
    child: pulumi.CustomResourceOptions,
  ): pulumi.Input<string> | undefined {
    const { caCertificate, trust } = args;
    if (args.ingress?.controller === IngressController.Alb) return undefined;
    if (caCertificate === undefined) return trust.secret;
    const metadata = exposureMetadata({ ...args, name }, "-ca");
    return new k8s.core.v1.Secret(`${name}-ca`, { metadata, stringData: { "ca.crt": caCertificate } }, child)
      .metadata.name;
  }
}
