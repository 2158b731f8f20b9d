import type { X509Certificate } from "node:crypto";
import { sentenceList } from "../../checks/issues";
import { dateProblem, daysLeft, readCertificates } from "../../tls/pem";
import { holdsFor } from "../../tls/tls-checks";
import { containersOf, ofKind, podsOf, specOf, variableOf } from "../instance";
import type { Instance, Pod, StackObject } from "../instance";
import type { InstanceRule, Violation } from "../rule";

const serverCertificates: InstanceRule<{ leastDays: number }> = {
  name: "certctl-server-certificates",
  description: "The server's certificate is valid, and holds for the names by which agents and Jobs connect.",
  fix: "Name the Service in the certificate; with tls.mode: provided, npm run secrets with --renew-tls makes a new one.",
  settings: {
    leastDays: {
      type: "integer",
      minimum: 0,
      default: 7,
      description: "Days for which the certificate is still valid, at least.",
    },
  },
  checkInstance(instance, { leastDays }) {
    const hosts = serverHosts(instance);
    return podsOf(instance, "server").flatMap((pod) => {
      const secretName = tlsSecretName(pod);
      const inNamespace = instance.stack.filter(({ namespace }) => namespace === pod.object.namespace);
      const secrets = ofKind(inNamespace, "Secret").filter(({ name }) => name === secretName);
      const requests = ofKind(inNamespace, "Certificate").filter(
        (object) => specOf<CertificateSpec>(object).secretName === secretName,
      );
      return [
        ...secrets.flatMap((object) =>
          secretProblems(object, hosts, leastDays).map((problem): Violation => ({ object, problem })),
        ),
        ...requests.flatMap((object) =>
          requestProblems(object, hosts).map((problem): Violation => ({ object, problem })),
        ),
      ];
    });
  },
};

/** Of a cert-manager Certificate. */
interface CertificateSpec {
  secretName: string;
  dnsNames: string[];
}

/** The names by which pods of an instance connect to its server. */
function serverHosts({ pods }: Instance): string[] {
  const variables = pods.flatMap(containersOf).flatMap(({ env = [] }) => env);
  const urls = variables.filter(({ name }) => name === "CERTCTL_SERVER_URL").map(({ value = "" }) => value);
  return [...new Set(urls.filter((url) => URL.canParse(url)).map((url) => new URL(url).hostname))];
}

/** The Secret that is mounted where the server reads its certificate. */
function tlsSecretName(pod: Pod): string | undefined {
  const path = variableOf(pod, "CERTCTL_SERVER_TLS_CERT_PATH")?.value ?? "";
  const mounts = (pod.spec.containers ?? []).flatMap(({ volumeMounts = [] }) => volumeMounts);
  const mount = mounts.find(({ mountPath }) => mountPath !== undefined && path.startsWith(`${mountPath}/`));
  return pod.spec.volumes?.find(({ name }) => name === mount?.name)?.secret?.secretName;
}

function secretProblems({ resource }: StackObject, hosts: readonly string[], leastDays: number): string[] {
  const { data = {}, stringData = {} } = resource.props as {
    data?: Record<string, string>;
    stringData?: Record<string, string>;
  };
  const pem = stringData["tls.crt"] ?? Buffer.from(data["tls.crt"] ?? "", "base64").toString();
  const read = readCertificates(pem);
  if ("problem" in read) return [`tls.crt ${read.problem}`];
  const [certificate] = read.certificates;
  return certificate ? certificateProblems(certificate, hosts, leastDays) : [];
}

function certificateProblems(
  certificate: X509Certificate,
  hosts: readonly string[],
  leastDays: number,
): string[] {
  const days = daysLeft(certificate);
  const wrongDate =
    dateProblem(certificate) ??
    (days < leastDays ? `expires in ${days} days; the least is ${leastDays}` : undefined);
  const missing = hosts.filter((host) => !holdsFor(certificate, host));
  return [
    ...(wrongDate === undefined ? [] : [`tls.crt ${wrongDate}; renew it`]),
    ...(missing.length === 0
      ? []
      : [
          `tls.crt does not hold for ${sentenceList(missing)}, by which pods connect; renew it with this name`,
        ]),
  ];
}

function requestProblems(object: StackObject, hosts: readonly string[]): string[] {
  const { dnsNames = [] } = specOf<CertificateSpec>(object);
  const missing = hosts.filter(
    (host) => !dnsNames.includes(host) && !dnsNames.includes(host.replace(/^[^.]+/, "*")),
  );
  return missing.length === 0
    ? []
    : [`dnsNames does not hold ${sentenceList(missing)}, by which pods connect; add it`];
}

/** What clients need to trust the server. */
export const tlsRules = [serverCertificates];
