// A stand-in for the AWS provider of Pulumi: the provider protocol, with a table of resource types behind it.
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { isDeepStrictEqual } from "node:util";
import { placeIn } from "./place.mjs";

const require = createRequire(import.meta.url);
const grpc = require("@grpc/grpc-js");
const { ResourceProviderService } = require("@pulumi/pulumi/proto/provider_grpc_pb");
const messages = require("@pulumi/pulumi/proto/provider_pb");
const { PluginInfo } = require("@pulumi/pulumi/proto/plugin_pb");
const { Empty } = require("google-protobuf/google/protobuf/empty_pb");
const { Struct } = require("google-protobuf/google/protobuf/struct_pb");
const { version } = require("@pulumi/aws/package.json");

/** @typedef {import("./place.mjs").Place} Place */
/** @typedef {Record<string, any>} Values */
/**
 * How a type of resource is made of calls to AWS.
 * @typedef {object} ResourceType
 * @property {string[]} inputs every one that is known here; another one is refused
 * @property {{ property: string, prefix?: string }} [autoname] the input that is made from the resource's name when it is left out
 * @property {string[]} replaceOn inputs that cannot change in place
 * @property {(inputs: Values, place: Place) => Promise<Values & { id: string }>} create
 * @property {(id: string, inputs: Values, place: Place) => Promise<void>} update
 * @property {(id: string, place: Place, inputs: Values) => Promise<Values | undefined>} read what is there, as inputs; undefined: gone
 * @property {(id: string, state: Values, place: Place) => Promise<unknown>} delete
 */

/**
 * Serves until the engine ends the process.
 * @param {Record<string, ResourceType>} resourceTypes
 * @param {Record<string, (place: Place) => object | Promise<object>>} functions
 */
export function serve(resourceTypes, functions) {
  const server = new grpc.Server();
  const handlers = handlersFor(resourceTypes, functions);
  const answering = Object.entries(handlers).map(([name, handler]) => [
    name,
    (/** @type {any} */ call, /** @type {any} */ done) => {
      const refused = (/** @type {Error} */ error) =>
        done({ code: grpc.status.UNKNOWN, details: `${error.name}: ${error.message}` });
      Promise.resolve()
        .then(() => handler(call.request))
        .then((reply) => done(null, reply), refused);
    },
  ]);
  server.addService(ResourceProviderService, Object.fromEntries(answering));
  server.bindAsync(
    "127.0.0.1:0",
    grpc.ServerCredentials.createInsecure(),
    (/** @type {Error | null} */ error, /** @type {number} */ port) => {
      if (error) throw error;
      // The engine reads the port from the first line.
      console.log(port);
    },
  );
}

/**
 * @param {Record<string, ResourceType>} resourceTypes
 * @param {Record<string, (place: Place) => object | Promise<object>>} functions
 * @returns {Record<string, (request: any) => any>}
 */
function handlersFor(resourceTypes, functions) {
  let defaultRegion = process.env.AWS_REGION ?? "us-east-1";
  const place = (/** @type {Values} */ { region = defaultRegion }) => placeIn(region);
  const typeOf = (/** @type {any} */ request) => {
    const token = request.getUrn().split("::")[2].split("$").pop();
    return resourceTypes[token] ?? fail(`the test provider has no resource type ${token}`);
  };

  return {
    getPluginInfo: () => filled(new PluginInfo(), { version }),
    configure: (request) => {
      defaultRegion = request.getVariablesMap().get("aws:config:region") ?? defaultRegion;
      return new messages.ConfigureResponse();
    },
    checkConfig: (request) => filled(new messages.CheckResponse(), { inputs: request.getNews() }),
    diffConfig: () => new messages.DiffResponse(),
    cancel: () => new Empty(),

    check: (request) => {
      const { inputs: known, autoname } = typeOf(request);
      const [olds, news] = [json(request.getOlds()), json(request.getNews())];
      const unknown = Object.keys(news).filter((key) => ![...known, "region"].includes(key));
      const failuresList = unknown.map((property) =>
        filled(new messages.CheckFailure(), { property, reason: "the test provider does not know it" }),
      );
      if (autoname !== undefined)
        news[autoname.property] ??= olds[autoname.property] ?? autonamed(request, autoname.prefix);
      return filled(new messages.CheckResponse(), { inputs: struct(news), failuresList });
    },

    diff: (request) => {
      const [olds, news] = [json(request.getOldInputs()), json(request.getNews())];
      const keys = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
      const changed = keys.filter(
        (key) => !same(olds[key], news[key]) && !request.getIgnorechangesList().includes(key),
      );
      const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
      const replaces = changed.filter((key) => [...typeOf(request).replaceOn, "region"].includes(key));
      return filled(new messages.DiffResponse(), {
        changes: changed.length > 0 ? DIFF_SOME : DIFF_NONE,
        diffsList: changed,
        replacesList: replaces,
      });
    },

    create: async (request) => {
      const inputs = json(request.getProperties());
      const { id, ...outputs } = await typeOf(request).create(inputs, place(inputs));
      return filled(new messages.CreateResponse(), {
        id,
        properties: struct({ ...inputs, tagsAll: inputs.tags, ...outputs }),
      });
    },

    read: async (request) => {
      const inputs = json(request.getInputs());
      const live = await orGone(() => typeOf(request).read(request.getId(), place(inputs), inputs));
      // Without an id, it is gone.
      if (live === undefined) return new messages.ReadResponse();
      const found = { ...inputs, ...seenThrough(inputs, live) };
      const properties = struct({ ...json(request.getProperties()), ...found });
      return filled(new messages.ReadResponse(), { id: request.getId(), inputs: struct(found), properties });
    },

    update: async (request) => {
      const [olds, news] = [json(request.getOlds()), json(request.getNews())];
      await typeOf(request).update(request.getId(), news, place(news));
      return filled(new messages.UpdateResponse(), {
        properties: struct({ ...olds, ...news, tagsAll: news.tags }),
      });
    },

    delete: async (request) => {
      const state = json(request.getProperties());
      await orGone(() => typeOf(request).delete(request.getId(), state, place(state)));
      return new Empty();
    },

    invoke: async (request) => {
      const token = request.getTok();
      const run = functions[token] ?? fail(`the test provider has no function ${token}`);
      return filled(new messages.InvokeResponse(), {
        return: struct(await run(place(json(request.getArgs())))),
      });
    },
  };
}

/**
 * What is there, as far as the program says something of it: AWS adds values that nobody asked for.
 * @param {any} wanted
 * @param {any} live
 * @returns {any}
 */
function seenThrough(wanted, live) {
  if (Array.isArray(wanted) && Array.isArray(live)) {
    return live.map((item, index) => (index in wanted ? seenThrough(wanted[index], item) : item));
  }
  if (!isObject(wanted) || !isObject(live)) return live;
  return Object.fromEntries(
    Object.keys(wanted).flatMap((key) => (key in live ? [[key, seenThrough(wanted[key], live[key])]] : [])),
  );
}

/** @param {any} value */
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Policies are compared as documents, everything else as values.
 * @param {any} one
 * @param {any} other
 */
function same(one, other) {
  return isDeepStrictEqual(document(one), document(other));
}

/** @param {any} value */
function document(value) {
  return typeof value === "string" && value.startsWith("{") ? JSON.parse(value) : value;
}

/**
 * @param {any} request
 * @param {string} [prefix]
 */
function autonamed(request, prefix = "") {
  return `${prefix}${request.getUrn().split("::")[3]}-${randomBytes(4).toString("hex").slice(0, 7)}`;
}

/** @param {string} message @returns {never} */
function fail(message) {
  throw new Error(message);
}

/**
 * A message with its fields set by their setters: `properties` by setProperties.
 * @param {any} message
 * @param {Values} fields
 */
function filled(message, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const setter = `set${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    message[setter](value);
  }
  return message;
}

/** @param {any} value @returns {Values} */
function json(value) {
  return plain(value?.toJavaScript() ?? {});
}

/** @param {any} value */
function struct(value) {
  return Struct.fromJavaScript(plain(value));
}

/**
 * Without null and undefined, which a Struct cannot tell from absent, and without the SDK's own `__defaults`.
 * @param {any} value
 * @returns {any}
 */
function plain(value) {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, item]) => item !== undefined && item !== null && key !== "__defaults",
  );
  return Object.fromEntries(kept.map(([key, item]) => [key, plain(item)]));
}

/**
 * @template T
 * @param {() => Promise<T>} call
 * @returns {Promise<T | undefined>} undefined for a thing that is not there
 */
async function orGone(call) {
  try {
    return await call();
  } catch (error) {
    const { name = "", $metadata } =
      /** @type {{ name?: string, $metadata?: { httpStatusCode?: number } }} */ (error);
    if ($metadata?.httpStatusCode === 404 || /^NoSuch|NotFound/.test(name)) return undefined;
    throw error;
  }
}
