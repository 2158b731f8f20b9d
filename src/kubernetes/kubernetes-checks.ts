import type { Issue } from "../checks/issues";
import { issueIf, show, under } from "../checks/issues";
import { text } from "../checks/unseen";
import type {
  Duration,
  ResourceAmounts,
  Resources,
  Scheduling,
  Toleration,
  StorageSettings,
  Quantity,
} from "./types";
import { durationSeconds, quantityInBytes } from "./units";

/** A duration that is shorter than it may be. */
export function durationIssues(path: string, value: Duration | undefined, minimum: Duration): Issue[] {
  return issueIf(
    durationSeconds(text(value) ?? "") < durationSeconds(minimum),
    path,
    `${show(value)} is too short; the least is ${minimum}`,
  );
}

/** Amounts in the wrong unit, and requests above their limits. `defaults` apply where nothing is given. */
export function resourceIssues(given: Resources | undefined, defaults: Resources = {}): Issue[] {
  if (!given) return [];
  const requests = { ...defaults.requests, ...given.requests };
  const limits = { ...defaults.limits, ...given.limits };
  return [
    ...under("requests", amountIssues(given.requests)),
    ...under("limits", amountIssues(given.limits)),
    ...tooMuch("cpu", cores(requests.cpu), cores(limits.cpu), given, requests, limits),
    ...tooMuch("memory", bytes(requests.memory), bytes(limits.memory), given, requests, limits),
  ];
}

function amountIssues(amounts: ResourceAmounts = {}): Issue[] {
  return [...cpuIssues("cpu", amounts.cpu), ...byteIssues("memory", amounts.memory)];
}

function cpuIssues(path: string, value: unknown): Issue[] {
  const wrong = /[^0-9.m]/.test(text(value) ?? "");
  return issueIf(
    wrong,
    path,
    `${show(value)} is an amount of memory; write cores or thousandths of one, such as 2 or 500m`,
  );
}

/** An amount of bytes in the unit of something else. */
export function byteIssues(path: string, value: unknown): Issue[] {
  const wrong = /[0-9]m$/.test(text(value) ?? "");
  return issueIf(
    wrong,
    path,
    `${show(value)} is an amount of CPU; write bytes with a unit, such as 512Mi or 10Gi`,
  );
}

function tooMuch(
  what: "cpu" | "memory",
  request: number,
  limit: number,
  given: Resources,
  requests: ResourceAmounts,
  limits: ResourceAmounts,
): Issue[] {
  // The path is that of an amount which the user gave; the other one may be a default.
  const path = given.requests?.[what] !== undefined ? `requests.${what}` : `limits.${what}`;
  return issueIf(
    request > limit,
    path,
    `the request, ${requests[what] ?? ""}, is above the limit, ${limits[what] ?? ""}`,
  );
}

function cores(quantity: unknown): number {
  const value = text(quantity) ?? "";
  if (!/^[0-9.]+m?$/.test(value)) return NaN;
  return value.endsWith("m") ? Number(value.slice(0, -1)) / 1000 : Number(value);
}

function bytes(quantity: unknown): number {
  return quantityInBytes(text(quantity) ?? "");
}

/** Tolerations that the API server refuses. */
export function schedulingIssues(scheduling: Scheduling | undefined): Issue[] {
  return (scheduling?.tolerations ?? []).flatMap((toleration, index) =>
    under(`tolerations[${String(index)}]`, tolerationIssues(toleration)),
  );
}

function tolerationIssues({ key, operator, value, effect, tolerationSeconds }: Toleration): Issue[] {
  const exists = operator === "Exists";
  return [
    ...issueIf(
      exists && value !== undefined,
      "value",
      "has no use with operator Exists; remove it, or use Equal",
    ),
    ...issueIf(key === undefined && !exists, "key", "is missing; without a key the operator is Exists"),
    ...issueIf(
      tolerationSeconds !== undefined && effect !== "NoExecute",
      "tolerationSeconds",
      "is only for effect NoExecute",
    ),
  ];
}

/** Labels that the API server refuses, and those that the components set themselves. */
export function labelIssues(labels: Record<string, string> | undefined): Issue[] {
  const reserved = Object.keys(labels ?? {}).filter((key) => reservedLabels.includes(key));
  return [
    ...reserved.map((key) => ({
      path: labelPath(key),
      message: "is set by the components; choose another key",
    })),
    ...labelGrammarIssues(labels),
  ];
}

/** Labels that the API server refuses, also in a selector. */
export function labelGrammarIssues(labels: Record<string, string> | undefined): Issue[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => {
    const path = labelPath(key);
    const name = key.slice(key.indexOf("/") + 1);
    const prefix = key.includes("/") ? key.slice(0, key.indexOf("/")) : undefined;
    const label = text(value);
    return [
      ...issueIf(
        !isLabelName(name) || (prefix !== undefined && !isDnsName(prefix)),
        path,
        "is not a label key, such as team or example.com/team",
      ),
      ...issueIf(
        label !== undefined && label !== "" && !isLabelName(label),
        path,
        `${show(label)} is not a label value; use letters, digits, "-", "_" and "." inside, at most 63 characters`,
      ),
    ];
  });
}

function labelPath(key: string): string {
  return `[${JSON.stringify(key)}]`;
}

const reservedLabels = ["name", "instance", "component", "managed-by"].map(
  (name) => `app.kubernetes.io/${name}`,
);

function isLabelName(name: string): boolean {
  return /^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(name);
}

function isDnsName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name);
}

/** Amounts that are no size of a volume. */
export function storageIssues(storage: StorageSettings | undefined): Issue[] {
  return sizeIssues("size", storage?.size);
}

/** An amount that is no size of a volume. */
export function sizeIssues(path: string, size: Quantity | undefined): Issue[] {
  return [
    ...byteIssues(path, size),
    ...issueIf(quantityInBytes(text(size) ?? "") < 1, path, `${show(size)} is no size of a volume`),
  ];
}
