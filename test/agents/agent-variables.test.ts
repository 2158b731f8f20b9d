import assert from "node:assert/strict";
import type { AgentEnvironment } from "../../src/agents/agent-variables";
import { agentEnvironment, agentVariables } from "../../src/agents/agent-variables";
import { agentsIssues } from "../../src/agents/agents-checks";

const agent: AgentEnvironment = {
  settings: {},
  nameField: "metadata.name",
  home: "/var/lib/certctl",
  serverUrl: "https://certctl-server.certctl.svc:8443",
  caBundle: "/etc/certctl/ca-bundle/ca.crt",
  keys: "certctl-agents-keys",
  discoveryDirectories: ["/srv/certificates"],
};

/** Another value of each thing that decides a variable, and the variables that it decides. */
const decided: [Partial<AgentEnvironment>, string[]][] = [
  [{ nameField: "spec.nodeName" }, ["CERTCTL_AGENT_NAME"]],
  [{ home: "/srv/agent" }, ["AGENT_HOME", "CERTCTL_KEY_DIR"]],
  [{ serverUrl: "https://elsewhere" }, ["CERTCTL_SERVER_URL"]],
  [{ caBundle: undefined }, ["CERTCTL_SERVER_CA_BUNDLE_PATH"]],
  [{ keys: "vault" }, ["CERTCTL_API_KEY"]],
  [{ settings: { logLevel: "debug" } }, ["CERTCTL_LOG_LEVEL"]],
  [{ discoveryDirectories: ["/srv", "/etc/ssl"] }, ["CERTCTL_DISCOVERY_DIRS"]],
];

const entries = (environment: AgentEnvironment): Map<unknown, string> =>
  new Map(agentEnvironment(environment).map((entry) => [entry.name, JSON.stringify(entry)]));

describe("the variables of an agent", () => {
  it("are each set by what decides them alone", () => {
    const before = entries(agent);
    for (const [change, names] of decided) {
      const after = entries({ ...agent, ...change });
      const changed = agentVariables
        .map(({ name }) => name)
        .filter((name) => before.get(name) !== after.get(name));
      assert.deepEqual(changed, names);
    }
    assert.deepEqual(decided.flatMap(([, names]) => names).sort(), [...before.keys()].sort());
  });

  it("are refused in agents.env, each with what decides it", () => {
    for (const { name, refusal } of agentVariables) {
      const issues = agentsIssues({ env: { [name]: "x" } });
      assert.deepEqual(issues, [{ path: `env.${name}`, message: refusal }]);
    }
  });
});
