import assert from "node:assert/strict";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { ServerSettings } from "../../src/server/server-args";
import { serverVariables } from "../../src/server/server-environment";
import { resolveServer } from "../../src/server/server-settings";
import { configurations } from "../boot/configurations";

const environment = (settings: ServerSettings): Record<string, string> =>
  serverVariables(resolveServer(settings));

describe("the server's environment", () => {
  it("sends mail on port 465 with TLS and on port 25 without, unless another port is given", () => {
    const mail = { host: "mail.example.com", fromAddress: "certctl@example.com" };
    const portAndTls = (smtp: Partial<ServerSettings["smtp"]>) => {
      const { CERTCTL_SMTP_PORT: port, CERTCTL_SMTP_USE_TLS: tls } = environment({
        smtp: { ...mail, ...smtp },
      });
      return [port, tls];
    };
    assert.deepEqual(portAndTls({}), ["465", "true"]);
    assert.deepEqual(portAndTls({ useTls: false }), ["25", "false"]);
    assert.deepEqual(portAndTls({ port: 2465 }), ["2465", "true"]);
    assert.ok(!Object.keys(environment({})).some((name) => name.startsWith("CERTCTL_SMTP_")));
  });

  it("allows bursts of twice the rate, rounded up, unless another burst is given", () => {
    const burst = (rateLimiting: ServerSettings["rateLimiting"]) =>
      environment({ rateLimiting }).CERTCTL_RATE_LIMIT_BURST;
    assert.deepEqual(
      [burst({}), burst({ rps: 80 }), burst({ rps: 0.7 }), burst({ rps: 80, burst: 90 })],
      ["100", "160", "2", "90"],
    );
  });

  it("joins lists by commas", () => {
    const { CERTCTL_CORS_ORIGINS: origins, CERTCTL_DIGEST_RECIPIENTS: recipients } = environment({
      cors: { origins: ["https://a.example", "https://b.example"] },
      digest: { recipients: ["a@example.com", "b@example.com"] },
    });
    assert.deepEqual(
      [origins, recipients],
      ["https://a.example,https://b.example", "a@example.com,b@example.com"],
    );
  });

  it("leaves out what is empty, which certctl would take for unset", () => {
    const given = environment({
      cors: { origins: [] },
      networkScan: {},
      scheduler: {},
      env: { CERTCTL_TRUSTED_PROXIES: "" },
    });
    assert.deepEqual(given, environment({}));
    assert.ok(Object.values(given).every((value) => value !== "" && value !== "undefined"));
  });

  it("writes false and 0 out, which are not empty", () => {
    const { CERTCTL_RATE_LIMIT_ENABLED: enabled, CERTCTL_OCSP_RATE_LIMIT_PER_IP_MIN: limit } = environment({
      rateLimiting: { enabled: false },
      env: { CERTCTL_OCSP_RATE_LIMIT_PER_IP_MIN: "0" },
    });
    assert.deepEqual([enabled, limit], ["false", "0"]);
  });

  for (const [name, args] of Object.entries({ "every default": {}, ...configurations })) {
    it(`has texts only, each once, none empty, as every container's has: ${name}`, async () => {
      let seen = 0;
      for (const { kind, metadata, spec } of await renderArgs({ ...placeholderArgs({}), ...args })) {
        for (const { name: container, env = [] } of containersOf(spec)) {
          const place = `${kind} ${metadata.name} ${container}`;
          for (const { name: variable, value, valueFrom } of env) {
            assert.ok(
              valueFrom ? value === undefined : typeof value === "string" && value !== "",
              `${place} ${variable}`,
            );
            seen += 1;
          }
          const names = env.map((variable) => variable.name);
          assert.equal(new Set(names).size, names.length, place);
        }
      }
      assert.ok(seen > 20, String(seen));
    });
  }
});

interface RenderedContainer {
  name: string;
  env?: { name: string; value?: unknown; valueFrom?: object }[];
}

function containersOf(spec: unknown): RenderedContainer[] {
  const { template } = (spec ?? {}) as {
    template?: { spec: { initContainers?: RenderedContainer[]; containers: RenderedContainer[] } };
  };
  return template ? [...(template.spec.initContainers ?? []), ...template.spec.containers] : [];
}
