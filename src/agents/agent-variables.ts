import type * as pulumi from "@pulumi/pulumi";
import { fieldVariable, secretVariable } from "../kubernetes/environment";
import type { EnvVar } from "../kubernetes/environment";
import { AgentLogLevel } from "./agents-args";
import type { AgentSettings } from "./agents-args";

/** What the variables of an agent are made from. */
export interface AgentEnvironment {
  settings: AgentSettings;
  /** Field of the pod that names the agent for good. */
  nameField: string;
  /** Directory with identity and keys. */
  home: string;
  serverUrl: pulumi.Input<string>;
  /** Path of the CA certificates; undefined for the roots in the image. */
  caBundle?: string;
  /** Secret with the key `fleet`. */
  keys: pulumi.Input<string>;
  /** Directories that are scanned. */
  discoveryDirectories: readonly string[];
}

/** A variable that the agent reads: nobody sets it in `agents.env`, because this row decides it. */
export interface AgentVariable {
  name: string;
  /** Why it is refused in `agents.env`. */
  refusal: string;
  /** What it is set to; nothing where the agent finds its own. */
  entry?: (agent: AgentEnvironment) => EnvVar | undefined;
  /** Whether enrolling reads it, too. */
  enrolling?: boolean;
}

type Value = (agent: AgentEnvironment) => pulumi.Input<string> | undefined;

function fixed(name: string, refusal: string, value?: Value): AgentVariable {
  const entry: AgentVariable["entry"] = (agent) => {
    const found = value?.(agent);
    return found === undefined ? undefined : { name, value: found };
  };
  return { name, refusal, entry };
}

function governed(name: string, argument: string, value?: Value): AgentVariable {
  return fixed(name, `is governed by ${argument}; set that instead`, value);
}

// facts: agent-settings
/** Every variable of the agent, in the order of the pods. */
export const agentVariables: readonly AgentVariable[] = [
  {
    name: "CERTCTL_AGENT_NAME",
    refusal: "is the name of the pod, or of the node",
    entry: ({ nameField }) => fieldVariable("CERTCTL_AGENT_NAME", nameField),
  },
  {
    ...fixed("AGENT_HOME", "is a directory on the agent's volume", ({ home }) => home),
    enrolling: true,
  },
  {
    ...fixed("CERTCTL_SERVER_URL", "is derived from the server's Service", ({ serverUrl }) => serverUrl),
    enrolling: true,
  },
  {
    ...governed("CERTCTL_SERVER_CA_BUNDLE_PATH", "tls.trust", ({ caBundle }) => caBundle),
    enrolling: true,
  },
  {
    ...governed("CERTCTL_API_KEY", "apiKeys.fleet"),
    entry: ({ keys }) => secretVariable("CERTCTL_API_KEY", { name: keys, key: "fleet" }),
  },
  fixed("CERTCTL_KEY_DIR", "is a directory on the agent's volume", ({ home }) => `${home}/keys`),
  governed("CERTCTL_LOG_LEVEL", "agents.logLevel", ({ settings }) => settings.logLevel ?? AgentLogLevel.Info),
  governed(
    "CERTCTL_DISCOVERY_DIRS",
    "agents.discoveryDirectories",
    ({ discoveryDirectories: directories }) => directories.join(",") || undefined,
  ),
  fixed("CERTCTL_AGENT_ID", "is given by the server when an agent registers, and kept on the agent's volume"),
  fixed("CERTCTL_SERVER_TLS_INSECURE_SKIP_VERIFY", "is never set: agents verify the server; see tls.trust"),
];

/** The environment of the agent's container. */
export function agentEnvironment(agent: AgentEnvironment): EnvVar[] {
  const further = Object.entries(agent.settings.env ?? {}).map(([name, value]) => ({ name, value }));
  return [...agentVariables.flatMap((row) => row.entry?.(agent) ?? []), ...further];
}

/** The environment of the container that enrolls. */
export function enrollEnvironment(agent: AgentEnvironment): EnvVar[] {
  const shared = agentVariables.filter(({ enrolling }) => enrolling);
  return [fieldVariable("AGENT_NAME", agent.nameField), ...shared.flatMap((row) => row.entry?.(agent) ?? [])];
}
