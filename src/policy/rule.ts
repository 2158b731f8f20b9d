import type {
  EnforcementLevel,
  Policy,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { instanceName, instances, stackObject } from "./instance";
import type { Instance, Resource, StackObject } from "./instance";

/** A setting of a rule: what it may be, what it is otherwise, and what it means. */
type Setting = PolicyConfigSchema["properties"][string] & {
  default: string | number | boolean;
  description: string;
};

/** What is configured of a rule, with defaults. */
type Settings = Record<string, unknown>;

/** What people read of a rule, and what they can set. */
interface RuleText<S extends Settings> {
  /** Its name in messages and in a policy configuration. */
  name: string;
  /** What holds, in one sentence. */
  description: string;
  /** How to mend a violation, in one sentence. */
  fix: string;
  /**
   * What a violation does unless it is configured: `mandatory` refuses the update, `advisory` warns.
   *
   * @default mandatory
   */
  enforcementLevel?: EnforcementLevel;
  /** What can be configured. @default {} */
  settings?: Record<keyof S & string, Setting>;
}

/**
 * A rule that each object of an instance keeps or breaks alone: it is asked before the object is deployed.
 */
export interface ObjectRule<S extends Settings = Settings> extends RuleText<S> {
  /** What is wrong with an object, each with the value, what is allowed, and the fix. */
  checkObject(object: StackObject, settings: S): string[];
}

/**
 * A rule about several objects of an instance: it is asked at the end of a preview, before anything is
 * deployed, and of an update.
 */
export interface InstanceRule<S extends Settings = Settings> extends RuleText<S> {
  /** What is wrong, and with which object. */
  checkInstance(instance: Instance, settings: S): Violation[];
}

export type Rule = ObjectRule | InstanceRule;

/** Something that breaks a rule. */
export interface Violation {
  object: StackObject;
  problem: string;
}

/** A violation as it is printed, with the resource that it concerns. */
export interface Report {
  message: string;
  urn: string;
}

/** What of these resources breaks a rule. `given` is what is configured. */
export function reports(rule: Rule, resources: readonly Resource[], given: Settings = {}): Report[] {
  const defaults: Settings = Object.fromEntries(
    Object.entries(rule.settings ?? {}).map(([key, setting]) => [key, setting.default]),
  );
  return violations(rule, resources, { ...defaults, ...given }).map(({ object, problem }) => ({
    message: `${object.kind} ${object.name}: ${problem}`,
    urn: object.resource.urn,
  }));
}

function violations(rule: Rule, resources: readonly Resource[], settings: Settings): Violation[] {
  if ("checkInstance" in rule)
    return instances(resources).flatMap((instance) => rule.checkInstance(instance, settings));
  const objects = resources.map(stackObject).filter((object) => object !== undefined);
  const ours = objects.filter((object) => instanceName(object) !== undefined);
  return ours.flatMap((object) => rule.checkObject(object, settings).map((problem) => ({ object, problem })));
}

/** A rule as Pulumi runs it. */
export function toPolicy(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const text: Policy = {
    name: rule.name,
    description: rule.description,
    enforcementLevel: rule.enforcementLevel ?? "mandatory",
    remediationSteps: rule.fix,
    ...(rule.settings && { configSchema: { properties: rule.settings } }),
  };
  if ("checkObject" in rule) {
    return {
      ...text,
      validateResource: (resource, report) => {
        for (const { message } of reports(rule, [resource], resource.getConfig<Settings>())) report(message);
      },
    };
  }
  return {
    ...text,
    validateStack: (stack, report) => {
      for (const { message, urn } of reports(rule, stack.resources, stack.getConfig<Settings>()))
        report(message, urn);
    },
  };
}
