import type * as pulumi from "@pulumi/pulumi";
import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import { TlsMode, TrustMode } from "../tls/tls-args";
import { trustSource, trustSourceIssues } from "../tls/trust";
import type { Trust } from "../tls/trust";
import { ExposureMode } from "./exposure-args";
import type { ExposureSettings } from "./exposure-args";
import { exposureIssues } from "./exposure-checks";
import type { ExposureContext } from "./exposure-checks";

/** A way in, and what its server is verified by. */
export interface TrustingExposure extends ExposureSettings {
  trust: Trust;
  caCertificate?: pulumi.Input<string>;
}

/** What is wrong with a way in on its own. */
export function serverExposureIssues(args: TrustingExposure): Issue[] {
  const { mode = ExposureMode.None, trust } = args;
  return [
    ...issueIf(
      mode === ExposureMode.None,
      "mode",
      "is none, which makes no way in; choose ingress or gateway, or leave the component out",
    ),
    ...under("trust", trustSourceIssues(trust)),
    ...(mode === ExposureMode.None ? [] : exposureIssues(args, contextOf(args))),
  ];
}

/** Nothing is known here of the server's Service, its certificate and the network policies. */
function contextOf({ trust, caCertificate }: TrustingExposure): ExposureContext {
  const source = trustSource(trust);
  const fromConfigMap = source?.kind === "ConfigMap" ? { configMap: source } : {};
  return {
    serviceType: "ClusterIP",
    tls: { mode: TlsMode.ExistingSecret, trust: fromConfigMap },
    trust:
      caCertificate === undefined && "configMap" in fromConfigMap ? TrustMode.ConfigMap : TrustMode.TlsSecret,
    networkPolicies: false,
  };
}
