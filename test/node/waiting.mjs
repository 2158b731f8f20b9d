import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { Interrupted } from "../../scripts/lib/foreground.mjs";
import { UserError } from "../../scripts/lib/user-error.cjs";
import { clusterDomain } from "./instance.mjs";

/**
 * @param {() => Promise<boolean>} condition an error counts as not yet
 * @param {number} deadline
 * @param {() => string} [explain] what may say why it never was
 */
export async function until(condition, deadline, explain = () => "") {
  for (;;) {
    /** @type {unknown} */
    let problem;
    const holds = await condition().catch((error) => {
      problem = error;
      return false;
    });
    if (holds) return;
    if (Date.now() > deadline) throw new UserError(`not in time: ${problem ?? ""}\n${explain()}`);
    await sleep(100);
  }
}

/**
 * @param {() => Promise<void>} action
 * @param {number} deadline until then, an error means once more
 */
export async function retried(action, deadline) {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}

/**
 * As Promise.all, but an error waits for the others: nothing may go on behind the back of who gets it.
 * @param {Promise<unknown>[]} promises
 */
export async function allDone(promises) {
  for (const outcome of await Promise.allSettled(promises)) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}

/**
 * Asks the cluster's DNS by the address of its Service: the answer comes only when network, Services and
 * containers all work.
 * @param {string} server
 */
export async function resolves(server) {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([server]);
  return (await resolver.resolve4(`kubernetes.default.svc.${clusterDomain}`)).length > 0;
}

/**
 * A promise that a signal rejects.
 * @returns {{ happened: Promise<never>, end: () => void }}
 */
export function onInterruption() {
  /** @type {NodeJS.Signals[]} */
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  /** @type {(signal: NodeJS.Signals) => void} */
  let handle = () => {};
  /** @type {Promise<never>} */
  const happened = new Promise((_, reject) => {
    handle = (signal) => reject(new Interrupted(signal, "Interrupted: the node was ended again."));
  });
  for (const signal of signals) process.on(signal, handle);
  return {
    happened,
    end: () => {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
