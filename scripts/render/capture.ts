import * as pulumi from "@pulumi/pulumi";

/** A Kubernetes object as it would be sent to the API server. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; [key: string]: unknown };
  [key: string]: unknown;
}

/** A Kubernetes object with what the engine is told about it. */
export interface CapturedResource {
  type: string;
  name: string;
  manifest: Manifest;
  /** Whether the engine refuses to delete it. */
  protect: boolean;
  /** Names of the Kubernetes objects that it waits for, with their types. */
  dependencies: Pick<CapturedResource, "type" | "name">[];
}

/** The Kubernetes objects that a program registers. */
export async function captureManifests(program: () => void): Promise<Manifest[]> {
  return (await captureResources(program)).map(({ manifest }) => manifest);
}

/**
 * Runs a program against Pulumi's mocks, and returns the Kubernetes objects that it registers, in the order
 * of registration: what depends on an object comes after it. Nothing runs besides: the mocks belong to the
 * process, so callers take turns.
 */
export function captureResources(program: () => void): Promise<CapturedResource[]> {
  const result = turn.then(() => capture(program));
  turn = result.catch(() => undefined);
  return result;
}

let turn: Promise<unknown> = Promise.resolve();

async function capture(program: () => void): Promise<CapturedResource[]> {
  const resources: CapturedResource[] = [];
  await pulumi.runtime.setMocks(
    {
      newResource({ type, name, inputs, id }: pulumi.runtime.MockResourceArgs) {
        // What the program only reads is not its own.
        if (id) return { id, state: {} };
        const state = plain(inputs) as Record<string, unknown>;
        if (!type.startsWith("kubernetes:")) return { id: name, state };
        const manifest = manifestOf(name, state);
        const { protect, dependencies } =
          registrations.find((known) => known.type === type && known.name === name) ?? notRegistered(name);
        resources.push({ type, name, manifest, protect, dependencies });
        return {
          id: [manifest.metadata.namespace, manifest.metadata.name].filter(Boolean).join("/"),
          state: manifest,
        };
      },
      call: ({ inputs }: pulumi.runtime.MockCallArgs) => inputs as Record<string, unknown>,
    },
    "certctl",
    "render",
  );
  const registrations = recordRegistrations();
  // What fails in an Output has no caller that could catch it.
  const failures: unknown[] = [];
  const onRejection = (reason: unknown): void => void failures.push(reason);
  process.on("unhandledRejection", onRejection);
  // The SDK writes down the stack of each promise that it makes. To find their places in the sources would
  // take half of the time here; stacks of errors are written when they are printed, which is later.
  process.setSourceMapsEnabled(false);
  try {
    program();
    await pulumi.runtime.disconnect();
    // Rejections are reported after the queue of promises has drained.
    await new Promise(setImmediate);
  } finally {
    process.setSourceMapsEnabled(true);
    process.off("unhandledRejection", onRejection);
  }
  if (failures.length > 0) throw failures[0];
  return resources;
}

/** What a resource is registered with, besides its inputs. */
type Registration = Omit<CapturedResource, "manifest">;

/** The message that registers a resource, as far as it is read here. */
interface RegistrationRequest {
  getType(): string;
  getName(): string;
  getProtect(): boolean;
  getDependenciesList(): string[];
}

/** Lets the mocks' monitor, which hands on the inputs alone, note the options of each resource. */
function recordRegistrations(): Registration[] {
  const registrations: Registration[] = [];
  const monitor = pulumi.runtime.getMonitor() as unknown as {
    registerResource(request: RegistrationRequest, callback: unknown): unknown;
  };
  const register = monitor.registerResource.bind(monitor);
  monitor.registerResource = (request, callback) => {
    const dependencies = request.getDependenciesList().map((urn) => {
      const [, , types = "", name = ""] = urn.split("::");
      return { type: types.split("$").at(-1) ?? "", name };
    });
    registrations.push({
      type: request.getType(),
      name: request.getName(),
      protect: request.getProtect(),
      dependencies,
    });
    return register(request, callback);
  };
  return registrations;
}

function notRegistered(name: string): never {
  throw new Error(`${name} was not registered`);
}

/**
 * The object in the order that people write it. One without a name gets that of its resource; the provider
 * would append random letters.
 */
function manifestOf(resourceName: string, inputs: Record<string, unknown>): Manifest {
  const { apiVersion, kind, metadata, ...rest } = inputs as Partial<Manifest>;
  if (apiVersion === undefined || kind === undefined)
    throw new Error(`${resourceName} is no Kubernetes object`);
  return { apiVersion, kind, metadata: { name: resourceName, ...metadata }, ...rest };
}

const signature = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** A copy without the marks of secret values. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (entries[signature] === secretSignature) return plain(entries.value);
  return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, plain(item)]));
}
