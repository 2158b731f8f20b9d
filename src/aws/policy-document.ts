/** A policy of AWS, as JSON. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: Statement[];
}

/** One statement. Conditions: operator → key → values. */
export interface Statement {
  Sid: string;
  Effect: "Allow" | "Deny";
  Principal?: "*" | { AWS: string } | { Service: string } | { Federated: string };
  Action: string | string[];
  Resource?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

export function policyDocument(...statements: (Statement | undefined)[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements.filter((statement) => statement !== undefined) };
}
