import type { Issue } from "../checks/issues";
import { issueIf, under } from "../checks/issues";
import { TlsMode } from "./tls-args";
import type { TlsSettings } from "./tls-args";
import { tlsIssues, tlsMaterialIssues } from "./tls-checks";
import type { TlsMaterial } from "./tls-checks";
import { needsCaCertificate } from "./trust";

/** A server's certificate: its source, what it must hold for, and the PEM where it is given. */
export interface ServerCertificate extends TlsMaterial {
  tls?: TlsSettings;
  dnsNames: string[];
}

/** What is wrong with a server's certificate on its own. */
export function serverTlsIssues(args: ServerCertificate): Issue[] {
  const { tls = {}, tlsCertificate, tlsPrivateKey, tlsCaCertificate, dnsNames } = args;
  const provided = (tls.mode ?? TlsMode.Provided) === TlsMode.Provided;
  const material = provided
    ? { tlsCertificate, tlsPrivateKey, ...(needsCaCertificate(tls) && { tlsCaCertificate }) }
    : {};
  return [
    ...under("tls", tlsIssues(tls)),
    ...Object.entries(material).flatMap(([path, value]) =>
      issueIf(value === undefined, path, "is missing; tls.mode provided needs it"),
    ),
    ...tlsMaterialIssues(tls, args, dnsNames),
  ];
}
