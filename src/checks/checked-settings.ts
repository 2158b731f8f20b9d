import type * as pulumi from "@pulumi/pulumi";
import { issuesBeyond } from "./all-issues";
import { checkedArgs } from "./checked-inputs";
import { isKind, kinds } from "./contract";
import type { Argument, Contract } from "./contract";
import type { Issue } from "./issues";
import { ConfigurationError, formatPath, show } from "./issues";
import type { SchemaIssue } from "./schema-check";
import { definitionSchema, schemaIssues } from "./schema-check";
import { unknownKeyMessage } from "./unknown-keys";
import { isPending, mapLeaves, unseen } from "./unseen";

const vouched = new WeakSet();

/**
 * Options of a part whose maker has checked the part's arguments together with its own: the part takes them
 * as they are.
 */
export function vouchedFor<T extends pulumi.ComponentResourceOptions>(opts: T): T {
  vouched.add(opts);
  return opts;
}

/** The arguments of a component, checked: all that is wrong is thrown at once, under the component's name. */
export function checkedSettings<Args extends object, Settings extends object>(
  contract: Contract<Args, Settings>,
  args: Args,
  name: string,
  opts?: pulumi.ComponentResourceOptions,
): Args {
  if (opts && vouched.has(opts)) return args;
  const given = argsObject(args, name);
  const isAwaited = awaitedBy(contract);
  const awaited = entriesOf(given, isAwaited);
  const rest = mapLeaves(
    entriesOf(given, (key) => !isAwaited(key)),
    (leaf) => (isPending(leaf) ? unseen : leaf),
  ) as object;
  const checked = checkedArgs(awaited, (plain) => componentIssues(contract, { ...rest, ...plain }, name));
  return { ...given, ...checked } as Args;
}

/** Everything that is wrong with the arguments of a component, under its name. */
export function componentIssues<Args extends object, Settings extends object>(
  contract: Contract<Args, Settings>,
  args: object,
  name: string,
): Issue[] {
  const form = [
    ...settingIssues(contract, args, name),
    ...argumentsOf(contract).flatMap(([key, argument]) => argumentIssues(key, argument, args, name)),
    ...unknownKeys(contract, args, name),
  ];
  return issuesBeyond(form, args, name, contract.issues ?? (() => []));
}

/** What a program hands over; from JavaScript, that may be anything. */
function argsObject(args: unknown, name: string): Record<string, unknown> {
  if (args === undefined || args === null) return {};
  if (typeof args === "object" && !Array.isArray(args) && !isPending(args))
    return args as Record<string, unknown>;
  throw new ConfigurationError([{ path: name, message: `${wordsFor(args)} not a map of keys to values` }]);
}

function settingIssues(contract: SettingsOf, args: object, name: string): SchemaIssue[] {
  if (!contract.settings) return [];
  const known = settingKeys(contract);
  return schemaIssues(
    contract.settings,
    entriesOf(args, (key) => known.has(key)),
    [name],
  );
}

function argumentIssues(key: string, { form, give }: Argument, args: object, name: string): SchemaIssue[] {
  const value = (args as Record<string, unknown>)[key];
  const location = [name, key];
  // Of what is refused, the component's own issues see no more than that it is there; a list must be one.
  const wanted = form === "list" || form === "texts" ? "array" : undefined;
  const message = (problem: string): string => (give === undefined ? problem : `${problem}; give ${give}`);
  const issue = (problem: string): SchemaIssue[] => [
    { path: formatPath(location), location, wanted, message: message(problem) },
  ];
  if (value === undefined) return give === undefined ? [] : issue("is missing");
  if (form === "setting") return schemaIssues("CertctlArgs", { [key]: value }, [name]);
  if (value === unseen) return [];
  if (isKind(form)) return kinds[form].is(value) ? [] : issue(`${wordsFor(value)} ${kinds[form].words}`);
  if (typeof form === "string") return schemaIssues(form, value, location);
  if (!kinds.object.is(value)) return issue(`${wordsFor(value)} ${kinds.object.words}`);
  const missing = form.filter((part) => (value as Record<string, unknown>)[part] === undefined);
  return missing.length > 0 ? issue(`has no ${missing.join(" and no ")}`) : [];
}

/** A value of a wrong kind; text is not shown, for it may be a secret. */
function wordsFor(value: unknown): string {
  if (isPending(value)) return "a value that arrives later is";
  if (Array.isArray(value)) return "a list is";
  if (typeof value === "object" && value !== null) return "an object is";
  return typeof value === "string" ? "text is" : `${show(value)} is`;
}

function unknownKeys<Args extends object, Settings extends object>(
  contract: Contract<Args, Settings>,
  args: object,
  name: string,
): SchemaIssue[] {
  const allowed = [...settingKeys(contract), ...argumentsOf(contract).map(([argument]) => argument)].sort();
  return Object.entries(args)
    .filter(([key, value]) => value !== undefined && !allowed.includes(key))
    .map(([key]) => {
      const location = [name, key];
      return { path: formatPath(location), location, message: unknownKeyMessage([name], key, allowed) };
    });
}

function argumentsOf<Args extends object, Settings extends object>(
  contract: Contract<Args, Settings>,
): [string, Argument][] {
  return Object.entries(contract.others);
}

function awaitedBy<Args extends object, Settings extends object>(
  contract: Contract<Args, Settings>,
): (key: string) => boolean {
  const settings = settingKeys(contract);
  const awaited = argumentsOf(contract).flatMap(([key, argument]) => (argument.awaited ? [key] : []));
  return (key) => settings.has(key) || awaited.includes(key);
}

type SettingsOf = Pick<Contract<object>, "settings" | "except">;

function settingKeys({ settings, except = [] }: SettingsOf): Set<string> {
  const keys = settings ? Object.keys(definitionSchema(settings).properties ?? {}) : [];
  return new Set(keys.filter((key) => !except.includes(key)));
}

function entriesOf(args: object, isWanted: (key: string) => boolean): object {
  return Object.fromEntries(
    Object.entries(args).filter(([key, value]) => value !== undefined && isWanted(key)),
  );
}
