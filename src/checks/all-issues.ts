import type { Issue } from "./issues";
import { under, isUnder, inOrder } from "./issues";
import type { Definition, SchemaIssue } from "./schema-check";
import { schemaIssues } from "./schema-check";
import { unseen, isContainer } from "./unseen";

/**
 * The schema's issues, and those of the checks that make sense where the form is right. In the order of their
 * paths.
 */
export function allIssues(
  definition: Definition,
  value: object,
  path: string,
  check: (masked: never) => Issue[],
): Issue[] {
  return issuesBeyond(schemaIssues(definition, value, path ? [path] : []), value, path, check);
}

/** Issues of form, and those of the checks that make sense where the form is right. */
export function issuesBeyond(
  form: readonly SchemaIssue[],
  value: object,
  path: string,
  check: (masked: never) => Issue[],
): Issue[] {
  // Checks see of an unseen value that it is there, which may be wrong already; only a list must be seen.
  const refused = form.filter(({ unseen: hidden, wanted }) => !hidden || wanted === "array");
  const masked = mask(value, path ? form.map(withoutFirstStep) : form);
  const meaning = under(path, check(masked as never)).filter(
    (issue) => !refused.some(({ path: where }) => isUnder(issue.path, where)),
  );
  return inOrder([...form.filter(({ unseen: hidden }) => !hidden), ...meaning]);
}

/** A copy without what the schema has refused, so that further checks neither trip over it nor repeat it. */
function mask(value: unknown, issues: readonly SchemaIssue[]): unknown {
  const here = issues.find(({ location }) => location.length === 0);
  if (here) return substitute(here.wanted);
  if (!isContainer(value)) return value;
  const below = (step: string | number): SchemaIssue[] =>
    issues.filter(({ location }) => location[0] === step).map(withoutFirstStep);
  if (Array.isArray(value)) return value.map((item, index) => mask(item, below(index)));
  const missing = issues
    .filter(({ location }) => location.length === 1)
    .map(({ location }) => [String(location[0]), undefined] as const);
  const entries = [...missing, ...Object.entries(value)].filter(
    ([key, item]) => item !== undefined || below(key).length > 0,
  );
  return Object.fromEntries(entries.map(([key, item]) => [key, mask(item, below(key))]));
}

function withoutFirstStep(issue: SchemaIssue): SchemaIssue {
  return { ...issue, location: issue.location.slice(1) };
}

/** A value that passes by every check. */
function substitute(wanted: string | undefined): unknown {
  if (wanted === "integer" || wanted === "number") return NaN;
  return wanted === "array" ? [] : unseen;
}
