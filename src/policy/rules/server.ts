import { findVariable } from "../../server/variables/catalogue";
import { variableIssues } from "../../server/variables/variable-checks";
import { containersOf, podOf, variableOf } from "../instance";
import type { Pod, StackObject } from "../instance";
import type { ObjectRule } from "../rule";

function serverPod(object: StackObject): Pod | undefined {
  const pod = podOf(object);
  return pod?.component === "server" ? pod : undefined;
}

/** Variables that only a demonstration has, each with the values that are harmless. */
const demonstrationVariables: Readonly<Record<string, readonly string[]>> = {
  CERTCTL_DEMO_MODE_ACK: ["false"],
  CERTCTL_DEMO_MODE_ACK_TS: [],
  CERTCTL_DEMO_SEED: ["false"],
  CERTCTL_APPROVAL_BYPASS: ["false"],
  CERTCTL_KEYGEN_MODE: ["agent"],
};

const noDemonstration: ObjectRule = {
  name: "certctl-no-demonstration",
  description: "No server runs in the mode for demonstrations, or with one of its short cuts.",
  fix: "Remove the variable.",
  checkObject(object) {
    const pod = podOf(object);
    const variables = (pod ? containersOf(pod) : []).flatMap(({ name = "", env = [] }) =>
      env.map((variable) => ({ container: name, ...variable })),
    );
    return variables
      .filter(({ name = "", value = "" }) => demonstrationVariables[name]?.includes(value) === false)
      .map(
        ({ container, name = "" }) =>
          `container ${container}: ${name} is set, and ${findVariable(name)?.note ?? ""}; remove it`,
      );
  },
};

const encryptionKey: ObjectRule = {
  name: "certctl-encryption-key",
  description: "Servers and migrations read the encryption key from a Secret.",
  fix: "Set certctl:encryptionKey; without it certctl stores the credentials of issuers in clear text, and refuses to start once there are any.",
  checkObject(object) {
    const pod = podOf(object);
    if (pod?.component !== "server" && pod?.component !== "migration") return [];
    const variable = variableOf(pod, "CERTCTL_CONFIG_ENCRYPTION_KEY");
    return variable?.valueFrom?.secretKeyRef
      ? []
      : ["CERTCTL_CONFIG_ENCRYPTION_KEY is not read from a Secret; set certctl:encryptionKey"];
  },
};

const issuingCa: ObjectRule = {
  name: "certctl-issuing-ca",
  description: "The issuer iss-local signs with a CA pair that outlives the pod.",
  fix: "Set certctl:caCertificate and certctl:caPrivateKey; npm run secrets makes them.",
  checkObject(object) {
    const pod = serverPod(object);
    const missing = ["CERTCTL_CA_CERT_PATH", "CERTCTL_CA_KEY_PATH"].filter(
      (name) => pod && !variableOf(pod, name),
    );
    return missing.map(
      (name) =>
        `${name} is not set, so iss-local makes a new CA at each restart and in each pod; set certctl:caCertificate and certctl:caPrivateKey`,
    );
  },
};

const serverVariables: ObjectRule = {
  name: "certctl-server-variables",
  description: "Every variable of the server is one that certctl reads, with a value that it takes.",
  fix: "Correct the variable; docs/configuration.md lists them all.",
  checkObject(object) {
    const variables = serverPod(object)?.spec.containers?.flatMap(({ env = [] }) => env) ?? [];
    // What arguments and the deployment decide is there because they do, and secrets have a rule of their
    // own. Other names are of programs besides certctl.
    const own = variables.filter(({ name = "" }) => name.startsWith("CERTCTL_") && isOpen(name));
    return own.flatMap(({ name = "", value, valueFrom }) =>
      variableIssues({ name, source: valueFrom ? "envFromSecrets" : "env", path: name, value }).map(
        (issue) => `${name}: ${issue.message}`,
      ),
    );
  },
};

function isOpen(name: string): boolean {
  const { status, secret } = findVariable(name) ?? {};
  return status !== "governed" && status !== "fixed" && !secret;
}

/** What each server keeps to, whatever else is in the stack. */
export const serverRules = [noDemonstration, encryptionKey, issuingCa, serverVariables];
