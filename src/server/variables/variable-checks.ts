import type { Issue } from "../../checks/issues";
import { issueIf, show } from "../../checks/issues";
import { closestName } from "../../checks/unknown-keys";
import { durationSeconds } from "../../kubernetes/units";
import type { SetVariable } from "./set-variables";
import { booleanValue } from "./set-variables";
import { findVariable, variableNames } from "./catalogue";
import type { Variable } from "./variable";

/** What is wrong with a single variable: that it is set at all, where it is set, or its value. */
export function variableIssues(set: SetVariable): Issue[] {
  const variable = findVariable(set.name);
  if (!variable) return [{ path: set.path, message: unknownVariable(set.name) }];
  const refusal = refusalOf(variable, set);
  if (refusal !== undefined) return [{ path: set.path, message: refusal }];
  if (variable.secret && set.source === "env") {
    return [{ path: set.path, message: "is secret; put it in secretEnv or server.envFromSecrets" }];
  }
  const problem = set.value === undefined ? undefined : valueProblem(variable, set.value);
  if (problem === undefined) return [];
  const shown = set.source === "env" && set.value !== "" ? `${show(set.value)} ` : "";
  return [{ path: set.path, message: shown + problem }];
}

function unknownVariable(name: string): string {
  const suggestion = closestName(name, variableNames());
  const advice =
    suggestion === undefined ? "docs/configuration.md lists those it reads" : `did you mean ${suggestion}?`;
  return `certctl does not read this variable; ${advice}`;
}

function refusalOf(variable: Variable, { source }: SetVariable): string | undefined {
  switch (variable.status) {
    case "governed":
      return source === "envFromSecrets" && variable.fromSecret
        ? undefined
        : `is governed by ${variable.note}; set that instead`;
    case "fixed":
      return `is fixed: ${variable.note}`;
    case "dead":
      return `has no effect: ${variable.note}`;
    case "open":
      return undefined;
  }
}

/**
 * What certctl, or a person, would stumble over. certctl replaces what it cannot read by its default, and
 * does not say so.
 */
function valueProblem({ kind, default: fallback }: Variable, value: string): string | undefined {
  if (value === "") return "is empty, which certctl takes for not set; remove it";
  const silently = `certctl would silently use ${fallback === undefined ? "its default" : `its default, ${fallback}`}`;
  switch (kind.type) {
    case "boolean":
      return booleanValue(value) === undefined ? "means false to certctl; write true or false" : undefined;
    case "integer":
      if (!/^[+-]?[0-9]{1,15}$/.test(value)) return `is not a whole number; ${silently}`;
      return Number(value) < kind.minimum ? `is too small; the least is ${String(kind.minimum)}` : undefined;
    case "duration": {
      const seconds = durationSeconds(value);
      if (Number.isNaN(seconds)) return `is not a duration, such as 30s, 5m or 1h30m; ${silently}`;
      return kind.minimum !== undefined && seconds < durationSeconds(kind.minimum)
        ? `is too short; the least is ${kind.minimum}`
        : undefined;
    }
    case "choice":
      return kind.values.includes(value) ? undefined : `is not one of ${kind.values.join(", ")}`;
    case "url":
      return /^https?:\/\/[^\s/]/.test(value)
        ? undefined
        : "is not a URL that starts with https:// or http://";
    case "path":
      return value.startsWith("/") ? undefined : "is not an absolute path";
    default:
      return undefined;
  }
}

/** Variables that are set in two places: one would win without a word. */
export function duplicateIssues(variables: readonly SetVariable[]): Issue[] {
  return variables.flatMap((set, index) => {
    const earlier = variables.slice(0, index).find(({ name }) => name === set.name);
    return earlier ? issueIf(true, set.path, `is set in ${earlier.path} too; keep one of the two`) : [];
  });
}
