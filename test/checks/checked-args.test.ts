import assert from "node:assert/strict";
import * as pulumi from "@pulumi/pulumi";
import { checkedArgs, settledArgs } from "../../src/checks/checked-inputs";
import type { Issue } from "../../src/checks/issues";
import { ConfigurationError } from "../../src/checks/issues";
import { unseen } from "../../src/checks/unseen";
import { checkCertctl } from "../../src/instance/instance-checks";
import { certctlWarnings } from "../../src/instance/instance-warnings";
import { generateSecrets } from "../support/secrets";

interface Args {
  name: pulumi.Input<string>;
  others?: pulumi.Input<string>[];
  nested?: { password?: pulumi.Input<string> };
  resource?: object;
}

/** Refuses every text "bad", wherever it is. */
function noBad(args: Args): Issue[] {
  const entries: [string, unknown][] = [
    ["name", args.name],
    ["nested.password", args.nested?.password],
    ...(args.others ?? []).map((value, index): [string, unknown] => [`others[${String(index)}]`, value]),
  ];
  return entries.filter(([, value]) => value === "bad").map(([path]) => ({ path, message: "is bad" }));
}

const bad = (...paths: string[]): RegExp =>
  new RegExp(`problem.*:\n${paths.map((path) => `${path}: is bad`).join("\n")}$`);
const unknown = (): pulumi.Output<string> => pulumi.output(pulumi.unknown as string);

/** What an Output holds, as the SDK's own tests ask. */
async function state(value: unknown): Promise<{ value: unknown; known: boolean; secret: boolean }> {
  const output = value as {
    promise(): Promise<unknown>;
    isKnown: Promise<boolean>;
    isSecret: Promise<boolean>;
  };
  return { value: await output.promise(), known: await output.isKnown, secret: await output.isSecret };
}

describe("checkedArgs", () => {
  before(async () => {
    await pulumi.runtime.setMocks({
      newResource: ({ name, inputs }) => ({ id: name, state: inputs as object }),
      call: () => ({}),
    });
  });

  it("gives plain arguments back as they are", () => {
    const args = { name: "good", nested: { password: "good" } };
    assert.deepEqual(checkedArgs(args, noBad), args);
  });

  it("throws all problems of plain values at once, also when others are not known yet", () => {
    const args = { name: "bad", nested: { password: "bad" }, others: [pulumi.output("good")] };
    assert.throws(() => checkedArgs<Args>(args, noBad), bad("name", "nested.password"));
  });

  it("throws an error that Pulumi prints without a stack", () => {
    assert.throws(
      () => checkedArgs<Args>({ name: "bad" }, noBad),
      (error) => pulumi.RunError.isInstance(error) && error instanceof ConfigurationError,
    );
  });

  it("throws an error whose message the SDK cannot bury under the names of properties", () => {
    const error = new ConfigurationError([{ path: "name", message: "is bad" }]);
    error.message = `error serializing property "name": ${error.message}`;
    assert.equal(error.message, "The configuration has a problem:\nname: is bad");
    assert.match(String(error), /^ConfigurationError: The configuration has a problem:\nname: is bad$/);
  });

  it("lets no value through when another one turns out to be wrong", async () => {
    const checked = checkedArgs<Args>(
      { name: pulumi.output("good"), others: [Promise.resolve("bad")] },
      noBad,
    );
    await assert.rejects(state(checked.name), bad("others\\[0\\]"));
    await assert.rejects(state(checked.others?.[0]), bad("others\\[0\\]"));
  });

  it("reports the problems of plain and of later values together, once and as the same error", async () => {
    const checked = checkedArgs<Args>(
      { name: pulumi.output("bad"), nested: { password: pulumi.secret("bad") } },
      noBad,
    );
    const errors = await Promise.all(
      [checked.name, checked.nested?.password].map((value) => state(value).catch((error: unknown) => error)),
    );
    assert.match(String(errors[0]), bad("name", "nested.password"));
    assert.equal(errors[0], errors[1]);
  });

  it("passes values on when all are right, each as secret as it was", async () => {
    const checked = checkedArgs<Args>(
      { name: pulumi.output("good"), nested: { password: pulumi.secret("good") } },
      noBad,
    );
    assert.deepEqual(await state(checked.name), { value: "good", known: true, secret: false });
    assert.deepEqual(await state(checked.nested?.password), { value: "good", known: true, secret: true });
  });

  it("leaves what a preview does not know unknown, and nothing else", async () => {
    const checked = checkedArgs<Args>({ name: unknown(), others: [pulumi.output("good")] }, noBad);
    assert.equal((await state(checked.name)).known, false);
    assert.deepEqual(await state(checked.others?.[0]), { value: "good", known: true, secret: false });
  });

  it("does not take what a preview does not know for missing", async () => {
    const needed = ({ name }: Partial<Args>): Issue[] =>
      name === undefined ? [{ path: "name", message: "is missing" }] : [];
    const checked = checkedArgs<Args>({ name: unknown(), others: [pulumi.output("good")] }, needed);
    assert.equal((await state(checked.others?.[0])).value, "good");
  });

  it("checks what a preview knows, although something else is unknown", async () => {
    const checked = checkedArgs<Args>({ name: unknown(), others: [pulumi.output("bad")] }, noBad);
    await assert.rejects(state(checked.others?.[0]), bad("others\\[0\\]"));
  });

  it("does not make a value depend on the resources of another", async () => {
    class Part extends pulumi.ComponentResource {
      public readonly value: pulumi.Output<string>;
      constructor(name: string) {
        super("test:index:Part", name);
        this.value = pulumi.output(this.urn).apply(() => "good");
      }
    }
    const part = new Part("part");
    const checked = checkedArgs<Args>({ name: part.value, others: [pulumi.output("good")] }, noBad);
    const resources = async (value: unknown): Promise<number> =>
      (await (value as { allResources(): Promise<Set<unknown>> }).allResources()).size;
    assert.equal(await resources(checked.name), await resources(part.value));
    assert.equal(await resources(checked.others?.[0]), 0);
  });

  it("does not look into resources and other objects with a class", () => {
    class Thing {
      public readonly name = pulumi.output("bad");
    }
    const thing = new Thing();
    const checked = checkedArgs<Args>({ name: pulumi.output("good"), resource: thing }, noBad);
    assert.equal(checked.resource, thing);
  });

  it("leaves undefined entries out of a copy", () => {
    const checked = checkedArgs<Args>({ name: pulumi.output("good"), nested: undefined }, noBad);
    assert.deepEqual(Object.keys(checked), ["name"]);
  });

  it("checks an instance whose secrets are all Outputs", async () => {
    const secrets = await generateSecrets();
    const hidden = {
      ...secrets,
      databasePassword: pulumi.secret("s3cret"),
      tlsPrivateKey: pulumi.secret("s3cret"),
    };
    const checked = checkedArgs(hidden, checkCertctl);
    await assert.rejects(state(checked.databasePassword), /tlsPrivateKey: is not a PEM private key/);
  });

  it("takes a secret that arrives later for present", async () => {
    const { databasePassword, ...secrets } = await generateSecrets();
    const issues = checkCertctl({ ...secrets, databasePassword: unseen as unknown as string });
    assert.deepEqual(issues, []);
    assert.equal(typeof databasePassword, "string");
  });
});

describe("settledArgs", () => {
  it("gives plain values for Outputs, so that warnings see them", async () => {
    const args = {
      previousApiKeys: { admin: pulumi.secret("x") },
      database: { mode: "external", external: { host: pulumi.output("db"), sslMode: "disable" } },
    };
    const warnings = certctlWarnings(await settledArgs(args as Parameters<typeof certctlWarnings>[0]));
    assert.match(warnings.join("\n"), /the connection to db is not encrypted/);
  });
});
