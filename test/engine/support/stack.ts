import assert from "node:assert/strict";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { serverDnsNames } from "../../../src/tls/dns-names";
import { root, run, useEngine } from "./engine";
import type { Answer, Engine } from "./engine";

/** Values under `config:`; undefined removes a key. */
export type Config = Record<string, unknown>;

/** One resource in the engine's state. */
export interface StateResource {
  urn: string;
  type: string;
  parent?: string;
  dependencies?: string[];
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  protect?: boolean;
}

/** Namespaces that tests may use: the certificate of the test stacks is valid in all of them. */
export const testNamespaces = [
  "certctl",
  "lifecycle",
  "protected",
  "upgrade",
  "interrupted",
  "first",
  "second",
  "secrecy",
  "ha",
  "knobs",
  "node-dev",
  "node-ha",
  "dev-no-image",
  "dev-no-secret",
  "dev-full",
  "dev-foreign-data",
  "dev-no-database",
  "prod-ha-no-image",
  "prod-ha-no-secret",
  "prod-ha-full",
  "prod-ha-foreign-data",
  "prod-ha-no-database",
  "bucket",
  "kinds",
  "restore",
  "policy",
  "policy-refused",
] as const;
export type TestNamespace = (typeof testNamespaces)[number];

/** A stack of the project on the real engine, with generated secrets. */
export class TestStack {
  private constructor(
    readonly name: string,
    readonly configFile: string,
    private readonly engine: Engine,
  ) {}

  /** Creates a stack from the committed file of `from`, with other namespace and further configuration. */
  static async create(
    name: string,
    namespace: TestNamespace,
    config: Config = {},
    from: "dev" | "prod-ha" = "dev",
  ): Promise<TestStack> {
    const engine = await useEngine();
    const configFile = join(engine.workFolder, `Pulumi.${name}.yaml`);
    copyFileSync(await secretsFile(engine), configFile);
    const stack = new TestStack(name, configFile, engine);
    const committed = parse(readFileSync(join(root, `Pulumi.${from}.yaml`), "utf8")) as { config: Config };
    stack.configure({ ...committed.config, "certctl:namespace": namespace, ...config });
    await initStack(name, engine);
    return stack;
  }

  /** A stack with the configuration of a file, in the state that an earlier version left it in. */
  static async stored(name: string, config: string, state: Buffer): Promise<TestStack> {
    const engine = await useEngine();
    const configFile = join(engine.workFolder, `Pulumi.${name}.yaml`);
    copyFileSync(config, configFile);
    await initStack(name, engine);
    const stack = new TestStack(name, configFile, engine);
    const imported = await stack.pulumi(["stack", "import"], state.toString());
    assert.equal(imported.code, 0, imported.text);
    return stack;
  }

  /** What is under `config:`, encrypted where it is secret. */
  config(): Config {
    return (parse(readFileSync(this.configFile, "utf8")) as { config: Config }).config;
  }

  /** Changes keys under `config:`. */
  configure(config: Config): void {
    const file = parse(readFileSync(this.configFile, "utf8")) as { config: Config };
    Object.assign(file.config, config);
    for (const [key, value] of Object.entries(config))
      if (value === undefined) Reflect.deleteProperty(file.config, key);
    writeFileSync(this.configFile, stringify(file));
  }

  /** `pulumi up`, which must work. */
  async up(...args: string[]): Promise<Answer> {
    const answer = await this.tryUp(...args);
    assert.equal(answer.code, 0, answer.text);
    return answer;
  }

  async tryUp(...args: string[]): Promise<Answer> {
    return this.pulumi(["up", "--yes", "--skip-preview", "--non-interactive", ...args]);
  }

  async preview(...args: string[]): Promise<Answer> {
    return this.pulumi(["preview", "--non-interactive", ...args]);
  }

  async refresh(...args: string[]): Promise<Answer> {
    return this.pulumi(["refresh", "--yes", "--skip-preview", "--non-interactive", ...args]);
  }

  async destroy(...args: string[]): Promise<Answer> {
    return this.pulumi(["destroy", "--yes", "--skip-preview", "--non-interactive", ...args]);
  }

  async outputs(): Promise<Record<string, unknown>> {
    const answer = await this.pulumi(["stack", "output", "--json"]);
    assert.equal(answer.code, 0, answer.text);
    return JSON.parse(answer.stdout) as Record<string, unknown>;
  }

  /** The secret values of the stack's configuration, in clear text. */
  async secretValues(): Promise<Record<string, string>> {
    const answer = await this.pulumi(["config", "--show-secrets", "--json"]);
    assert.equal(answer.code, 0, answer.text);
    const entries = JSON.parse(answer.stdout) as Record<
      string,
      { value?: string; objectValue?: Record<string, string>; secret: boolean }
    >;
    return Object.fromEntries(
      Object.entries(entries)
        .filter(([, { secret }]) => secret)
        .flatMap(([key, { value, objectValue }]) =>
          objectValue
            ? Object.entries(objectValue).map(([name, leaf]) => [`${key}.${name}`, leaf])
            : [[key, value ?? ""]],
        ),
    );
  }

  /** The resources in the engine's state. */
  async resources(): Promise<StateResource[]> {
    const answer = await this.pulumi(["stack", "export"]);
    assert.equal(answer.code, 0, answer.text);
    const { deployment } = JSON.parse(answer.stdout) as { deployment: { resources?: StateResource[] } };
    return deployment.resources ?? [];
  }

  /** Everything that the backend keeps about this stack, as text. */
  stateFiles(): string {
    const folder = join(this.engine.workFolder, "backend");
    return readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => file.includes(this.name) && /\.(json|bak)/.test(file))
      .map((file) => readFileSync(join(folder, file), "utf8"))
      .join("\n");
  }

  /** Sets a secret, handed over on stdin as people should. */
  async setSecret(key: string, value: string): Promise<void> {
    const answer = await this.pulumi(["config", "set", "--secret", key], value);
    assert.equal(answer.code, 0, answer.text);
  }

  /** Runs the CLI for this stack. */
  async pulumi(args: string[], input?: string): Promise<Answer> {
    const env = { ...this.engine.env, PULUMI_OPTION_CONFIG_FILE: this.configFile };
    return run("pulumi", [...args, "--stack", this.name, "--cwd", root], env, { input });
  }
}

/**
 * Creates a stack. The CLI writes a stack file beside the project's, wherever the stack's real one is: a
 * folder of its own keeps it out of the repository.
 */
async function initStack(name: string, { env, workFolder }: Engine): Promise<void> {
  const project = mkdtempSync(join(workFolder, "project-"));
  copyFileSync(join(root, "Pulumi.yaml"), join(project, "Pulumi.yaml"));
  const made = await run("pulumi", ["stack", "init", name, "--cwd", project], env);
  assert.equal(made.code, 0, made.text);
}

/** A stack file with generated secrets, made once for all test files by the project's own command. */
async function secretsFile(engine: Engine): Promise<string> {
  const { withLock } = await import("../../../scripts/lib/lock.mjs");
  const file = join(engine.workFolder, "Pulumi.secrets.yaml");
  if (!existsSync(file))
    await withLock(join(engine.workFolder, "secrets.lock"), {}, async () => {
      if (!existsSync(file)) await generateSecrets(engine, file);
    });
  return file;
}

async function generateSecrets(engine: Engine, file: string): Promise<void> {
  const unfinished = join(engine.workFolder, "Pulumi.unfinished.yaml");
  mkdirSync(join(engine.workFolder, "backend"), { recursive: true });
  const extraDnsNames = testNamespaces.flatMap((namespace) => serverDnsNames("certctl", namespace));
  writeFileSync(
    unfinished,
    stringify({ config: { "certctl:tls": { extraDnsNames: [...new Set(extraDnsNames)] } } }),
  );
  await initStack("test-secrets", engine);
  const answer = await run(
    "npm",
    ["run", "--silent", "secrets", "--", "test-secrets", "--config-file", unfinished],
    engine.env,
  );
  assert.equal(answer.code, 0, answer.text);
  renameSync(unfinished, file);
}
