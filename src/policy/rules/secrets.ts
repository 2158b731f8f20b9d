import { secretConfigKeys } from "../../checks/schema-check";
import { findVariable } from "../../server/variables/catalogue";
import { containersOf, isPart, ofKind, podOf } from "../instance";
import type { StackObject } from "../instance";
import type { Container } from "../objects";
import type { InstanceRule, ObjectRule } from "../rule";

/** A text in an object that everybody may read who may read the object, and where it is. */
interface OpenText {
  place: string;
  /** Of a variable, or a key of a ConfigMap. */
  name?: string;
  text: string;
}

/** The texts in which people have put secrets: literal variables, arguments, ConfigMaps. */
function openTexts(object: StackObject): OpenText[] {
  if (object.kind === "ConfigMap") {
    const data = Object.entries((object.resource.props.data ?? {}) as Record<string, string>);
    return data.map(([name, text]) => ({ place: `key ${name}`, name, text }));
  }
  const pod = podOf(object);
  return pod ? containersOf(pod).flatMap(containerTexts) : [];
}

function containerTexts({ name: container = "", env = [], command = [], args = [] }: Container): OpenText[] {
  const variables = env.map(({ name, value }) => ({
    place: `container ${container}, variable ${name ?? ""}`,
    name,
    text: value ?? "",
  }));
  return [
    ...variables,
    ...[...command, ...args].map((text) => ({ place: `container ${container}, arguments`, text })),
  ];
}

/** Whether a variable holds a secret by what certctl knows of it, or by its name. */
function isSecretName(name: string): boolean {
  if (/_(PATH|FILE)$/.test(name)) return false;
  const variable = findVariable(name);
  if (variable?.secret) return true;
  if (variable?.status === "governed") return secretConfigKeys.includes(variable.note.split(".")[0] ?? "");
  return /(PASSWORD|SECRET|TOKEN|PRIVATE_KEY|ACCESS_KEY|API_KEY)$/.test(name);
}

/** Whether a value only refers to secret variables, as Kubernetes puts them in for `$(…)`. */
function isReference(text: string): boolean {
  return text.split(",").every((entry) => /\$\(\w+\)/.test(entry));
}

function literalProblem({ name, text }: OpenText): string | undefined {
  if (text === "" || isReference(text)) return undefined;
  if (name !== undefined && isSecretName(name)) return "is secret, and its value is open to read";
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\w/.test(text)) return "holds a private key";
  return /:\/\/[^\s/:@]+:[^\s/@$]+@/.test(text) ? "holds a URL with a password" : undefined;
}

const literalSecrets: ObjectRule = {
  name: "certctl-literal-secrets",
  description: "No literal variable, argument or ConfigMap is named or formed like a secret.",
  fix: "Put the value into a Secret, and read it by valueFrom.secretKeyRef or from a volume.",
  checkObject: (object) =>
    openTexts(object).flatMap((text) => {
      const problem = literalProblem(text);
      return problem === undefined ? [] : [`${text.place} ${problem}; read it from a Secret`];
    }),
};

/** Shorter ones are found in texts that have nothing to do with them. */
const leastLength = 8;

const leakedSecrets: InstanceRule = {
  name: "certctl-leaked-secrets",
  description: "No value of the instance's Secrets stands anywhere else.",
  fix: "Refer to the Secret by valueFrom.secretKeyRef or a volume, and replace the value: whoever could read the object knows it.",
  checkInstance({ objects }) {
    const secrets = ofKind(objects, "Secret").flatMap((secret) =>
      secretValues(secret).map(([key, value]) => ({ secret: secret.name, key, value })),
    );
    return objects.flatMap((object) =>
      openTexts(object).flatMap(({ place, text }) =>
        secrets
          .filter(({ value }) => text.includes(value))
          .map(({ secret, key }) => ({
            object,
            problem: `${place} holds the value of ${key} in Secret ${secret}; read it from there`,
          })),
      ),
    );
  },
};

/** What is in a Secret, but for certificates, which are for everybody. */
function secretValues({ resource }: StackObject): [string, string][] {
  const { data = {}, stringData = {} } = resource.props as {
    data?: Record<string, string>;
    stringData?: Record<string, string>;
  };
  const decoded = Object.entries(data).map(([key, value]): [string, string] => [
    key,
    Buffer.from(value, "base64").toString(),
  ]);
  return [...decoded, ...Object.entries(stringData)].filter(
    ([, value]) => value.length >= leastLength && !value.startsWith("-----BEGIN CERTIFICATE"),
  );
}

const protectedData: ObjectRule<{ exemptStacks: string }> = {
  name: "certctl-protected-data",
  description: "What holds data or keys, or a namespace that does, is protected from deletion.",
  fix: "Set certctl:deletionProtection: true, or protect: true in the options of the resource.",
  settings: {
    exemptStacks: {
      type: "string",
      default: "^dev",
      description: "Regular expression of the names of stacks in which nothing is worth keeping.",
    },
  },
  checkObject(object, { exemptStacks }) {
    const [, stack = ""] = /^urn:pulumi:(.*?)::/.exec(object.resource.urn) ?? [];
    if (!holdsData(object) || object.resource.opts.protect || new RegExp(exemptStacks).test(stack)) return [];
    return ["protect is false, so pulumi destroy deletes it; set it to true"];
  },
};

function holdsData(object: StackObject): boolean {
  switch (object.kind) {
    case "PersistentVolumeClaim":
      return true;
    case "Namespace":
      return !isPart(object, "agents");
    case "Secret":
      return isPart(object, "secrets", "database") && !isSetOfVariables(object);
    default:
      return false;
  }
}

/** Settings of the server that are secret: a lost one is set again. */
function isSetOfVariables({ resource }: StackObject): boolean {
  const { data = {}, stringData = {} } = resource.props as { data?: object; stringData?: object };
  return Object.keys({ ...data, ...stringData }).every((key) => /^[A-Z][A-Z0-9_]*$/.test(key));
}

/** What keeps secrets secret, and data where it is. */
export const secretRules = [literalSecrets, leakedSecrets, protectedData];
