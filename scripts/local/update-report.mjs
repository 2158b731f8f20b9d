import { formatDuration } from "../lib/log.mjs";

/** @typedef {import("../lib/log.mjs").Log} Log */

/**
 * What is read of the engine's events (`pulumi up --json`, one JSON object a line).
 * @typedef {object} EngineEvent
 * @property {{ metadata: ResourceStep }} [resourcePreEvent]
 * @property {{ metadata: ResourceStep }} [resOutputsEvent]
 * @property {{ metadata: ResourceStep }} [resOpFailedEvent]
 * @property {{ urn?: string, severity: string, message: string, ephemeral?: boolean }} [diagnosticEvent]
 * @property {{ resourceChanges: Record<string, number>, durationSeconds: number }} [summaryEvent]
 */

/** @typedef {{ op: string, urn: string, type: string, new?: { custom?: boolean }, old?: { custom?: boolean } }} ResourceStep */

/** What was done, by the engine's word for doing it. Steps that change nothing are not told. */
const done = new Map([
  ["create", "created"],
  ["update", "updated"],
  ["replace", "replaced"],
  ["create-replacement", "created anew"],
  ["delete", "deleted"],
  ["delete-replaced", "deleted the old"],
]);

/**
 * The toolchain's plugins are on PATH, and the provider that can be built is older than the SDK. Both are
 * meant, and no news.
 */
const expectedWarning =
  /using pulumi-(language|resource)-\S+ from \$PATH|resource plugin \S+ is expected to have version/;

/**
 * Tells of an update as it goes: a line for each resource that was changed, warnings and errors as they come.
 * @param {Log} log
 */
export function createUpdateReport(log) {
  /** @type {Map<string, { label: string, since: number, detail: string }>} */
  const underWay = new Map();
  const show = () => {
    const waiting = [...underWay.values()].at(-1);
    log.status?.(waiting === undefined ? "" : `  … ${waiting.label} ${waiting.detail}`);
  };

  /** @param {ResourceStep} step */
  const finish = ({ op, urn, type, ...states }) => {
    const { label, since } = underWay.get(urn) ?? { label: describe(urn, type), since: Date.now() };
    underWay.delete(urn);
    const what = done.get(op);
    // A component is "created" before its children, and there is nothing of it in the cluster.
    const isInCluster = (states.new ?? states.old)?.custom === true;
    if (what !== undefined && isInCluster) log(`  ${label} ${what} (${formatDuration(Date.now() - since)})`);
    show();
  };

  /** @param {EngineEvent} event */
  const onEvent = ({
    resourcePreEvent,
    resOutputsEvent,
    resOpFailedEvent,
    diagnosticEvent,
    summaryEvent,
  }) => {
    if (resourcePreEvent) {
      const { urn, type } = resourcePreEvent.metadata;
      underWay.set(urn, { label: describe(urn, type), since: Date.now(), detail: "" });
      show();
    } else if (resOutputsEvent) {
      finish(resOutputsEvent.metadata);
    } else if (resOpFailedEvent) {
      underWay.delete(resOpFailedEvent.metadata.urn);
    } else if (diagnosticEvent) {
      onDiagnostic(diagnosticEvent);
    } else if (summaryEvent) {
      log.status?.("");
      const changes = Object.entries(summaryEvent.resourceChanges).map(
        ([op, count]) => `${count} ${done.get(op) ?? "unchanged"}`,
      );
      log(`  ${changes.join(", ")}`);
    }
  };

  /** @param {NonNullable<EngineEvent["diagnosticEvent"]>} diagnostic */
  const onDiagnostic = ({ urn, severity, message, ephemeral }) => {
    const text = message.trim();
    if (text === "" || severity === "debug" || expectedWarning.test(text)) return;
    if (ephemeral) {
      const step = underWay.get(urn ?? "");
      if (step) step.detail = text;
      show();
      return;
    }
    const of = urn === undefined ? "" : `${nameOf(urn)}: `;
    log(`  ${severity.startsWith("info") ? "" : `${severity}: `}${of}${text}`);
  };

  return {
    /** @param {string} line of stdout */
    output(line) {
      const event = parseEvent(line);
      if (event === undefined) log(line);
      else onEvent(event);
    },
    /** @param {string} line of stderr */
    error(line) {
      if (line.trim() !== "" && !expectedWarning.test(line)) log(line);
    },
  };
}

/**
 * @param {string} line
 * @returns {EngineEvent | undefined}
 */
function parseEvent(line) {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * @param {string} urn
 * @param {string} type
 */
function describe(urn, type) {
  return `${type.split(":").at(-1)} ${nameOf(urn)}`;
}

/** @param {string} urn */
function nameOf(urn) {
  return urn.split("::").at(-1) ?? urn;
}
