import assert from "node:assert/strict";
import Ajv from "ajv";
import { documentedArguments } from "../../scripts/generate/arguments-schema";
import type { SchemaNode } from "../../scripts/generate/arguments-schema";
import { driftedFiles, generatedFiles } from "../../scripts/generate";
import schema from "../../src/checks/schema.json";
import { agentVariables } from "../../src/agents/agent-variables";
import { variableGroups } from "../../src/server/variables/catalogue";
import { corpus } from "./corpus";

const root = `${__dirname}/../..`;
const variables = variableGroups.flatMap((group) => group.variables);

describe("what is generated from the documented arguments", function () {
  this.timeout(300_000);
  let files: Record<string, string>;
  let definitions: Record<string, SchemaNode>;
  let choices: Record<string, Record<string, string>>;

  before(() => {
    files = generatedFiles();
    ({ definitions, choices } = documentedArguments(root));
  });

  it("is up to date: npm run generate changes nothing", () => {
    assert.deepEqual(driftedFiles(files), []);
  });

  it("is the same each time", () => {
    assert.deepEqual(generatedFiles(), files);
  });

  describe("the schema of the program", () => {
    it("is a strict JSON Schema", () => {
      const ajv = new Ajv({ strict: true }).addKeyword("secret").addKeyword("patternErrorMessage");
      ajv.addSchema(schema, "arguments");
      for (const name of Object.keys(schema.definitions))
        assert.ok(ajv.getSchema(`arguments#/definitions/${name}`), name);
    });

    it("allows no unknown key in any object of arguments", () => {
      const open = Object.entries(definitions).filter(
        ([, node]) => node.properties && node.additionalProperties !== false,
      );
      assert.deepEqual(open, []);
    });

    it("has no choice between forms, so that a problem is reported once", () => {
      assert.doesNotMatch(JSON.stringify(schema), /"(anyOf|oneOf|allOf)"/);
    });

    it("says in words what each pattern asks for", () => {
      const silent = nodes(definitions).filter(
        ([, node]) => typeof node.pattern === "string" && !node.patternErrorMessage,
      );
      assert.deepEqual(
        silent.map(([path]) => path),
        [],
      );
    });

    it("knows only rules that have words", () => {
      const known = [
        "$ref",
        "type",
        "description",
        "default",
        "enum",
        "const",
        "pattern",
        "patternErrorMessage",
        "secret",
        "minimum",
        "maximum",
      ];
      const rules = new Set([
        ...known,
        "exclusiveMinimum",
        "properties",
        "required",
        "additionalProperties",
        "items",
      ]);
      const others = nodes(definitions).flatMap(([path, node]) =>
        Object.keys(node)
          .filter((key) => !rules.has(key))
          .map((key) => `${path}: ${key}`),
      );
      assert.deepEqual(others, []);
    });
  });

  it("documents every key and every type", () => {
    const silent = nodes(definitions).filter(
      ([path, node]) =>
        /^\w+(\.properties\.\w+)?$/.test(path) && !node.description && !(node.$ref && describedTarget(node)),
    );
    assert.deepEqual(
      silent.map(([path]) => path),
      [],
    );
  });

  it("documents the values of closed sets", () => {
    assert.deepEqual(Object.keys(choices.TlsMode ?? {}), ["provided", "existingSecret", "certManager"]);
    assert.match(files["docs/configuration.md"] ?? "", /`certManager`: from cert-manager/);
  });

  it("names the same variable in an argument's description as in the table of variables", () => {
    const described = nodes(definitions).flatMap(([, { description }]) =>
      [...(description ?? "").matchAll(/\(`(CERTCTL_[A-Z0-9_]+)`\)/g)].map(([, name]) => name),
    );
    const known = [...variables.filter(({ status }) => status === "governed"), ...agentVariables].map(
      ({ name }) => name,
    );
    assert.ok(described.length > 30, `${String(described.length)} variables`);
    assert.deepEqual(
      described.filter((name) => !known.includes(name ?? "")),
      [],
    );
  });

  it("lists every variable in the documentation, and no reference that only this repository's authors have", () => {
    const text = files["docs/configuration.md"] ?? "";
    assert.deepEqual(
      variables.filter(({ name }) => !text.includes(`\`${name}\``)).map(({ name }) => name),
      [],
    );
    assert.doesNotMatch(text, /certctl facts|undefined|\[object/);
  });

  it("has no dead link in the documentation", () => {
    const text = files["docs/configuration.md"] ?? "";
    const anchor = (heading: string): string =>
      heading
        .toLowerCase()
        .replace(/[^a-z0-9 _-]/g, "")
        .replaceAll(" ", "-");
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchor(heading ?? ""));
    const links = [...text.matchAll(/\]\(#([^)]*)\)/g)].map(([, link]) => link ?? "");
    assert.deepEqual(
      links.filter((link) => !headings.includes(link)),
      [],
    );
  });

  describe("the schema of stack files", () => {
    const editor = () =>
      new Ajv({ strict: false }).compile(
        JSON.parse(files["schemas/pulumi-stack.schema.json"] ?? "") as object,
      );

    it("accepts the valid configurations", () => {
      const validate = editor();
      for (const { name, config } of corpus("valid"))
        assert.ok(validate({ config }), `${name}: ${JSON.stringify(validate.errors)}`);
    });

    it("accepts encrypted secrets, the CLI's own keys, and configuration of other packages", () => {
      const validate = editor();
      const config = {
        "certctl:databasePassword": { secure: "v1:abc" },
        "certctl:apiKeys": { admin: { secure: "v1:abc" }, fleet: { secure: "v1:def" } },
        "certctl:secretEnv": { secure: "v1:abc" },
        "certctl:createNamespace": "false",
        "kubernetes:context": "kind",
      };
      assert.ok(
        validate({ secretsprovider: "passphrase", encryptionsalt: "v1:abc", config }),
        JSON.stringify(validate.errors),
      );
    });

    it("refuses unknown keys, wrong values and secrets in clear text", () => {
      const validate = editor();
      for (const [key, value] of Object.entries({
        "certctl:servr": {},
        "certctl:fleetSize": "huge",
        "certctl:databasePassword": "s3cret",
        "certctl:apiKeys": { admin: "s3cret" },
        "certctl:server": { replicas: "three" },
        namespace: "certctl",
      })) {
        assert.equal(validate({ config: { [key]: value } }), false, key);
      }
    });
  });

  function describedTarget({ $ref }: SchemaNode): boolean {
    return definitions[$ref?.split("/").at(-1) ?? ""]?.description !== undefined;
  }
});

/** Every schema in the definitions, with its path. */
function nodes(definitions: Record<string, SchemaNode>): [string, SchemaNode][] {
  const visit = (path: string, node: SchemaNode): [string, SchemaNode][] => [
    [path, node],
    ...Object.entries(node.properties ?? {}).flatMap(([key, inner]) =>
      visit(`${path}.properties.${key}`, inner),
    ),
    ...(node.items ? visit(`${path}.items`, node.items) : []),
    ...(typeof node.additionalProperties === "object"
      ? visit(`${path}.additionalProperties`, node.additionalProperties)
      : []),
  ];
  return Object.entries(definitions).flatMap(([name, node]) => visit(name, node));
}
