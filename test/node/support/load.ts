import assert from "node:assert/strict";
import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { constants, setPriority } from "node:os";
import { join } from "node:path";
import type { LoadReport, LoadTarget } from "./steady-load.mjs" with { "resolution-mode": "import" };

export type { LoadReport, LoadTarget };

/** Requests at a steady rate, from a process of its own. */
export class SteadyLoad {
  private constructor(private readonly process: ChildProcess) {}

  /** Runs an action under the load, and tells what became of the requests. */
  static async during<T>(
    target: LoadTarget,
    action: () => Promise<T>,
  ): Promise<{ result: T; report: LoadReport }> {
    const load = SteadyLoad.start(target);
    try {
      const result = await action();
      return { result, report: await load.stop() };
    } finally {
      load.process.kill();
    }
  }

  private static start(target: LoadTarget): SteadyLoad {
    const child = fork(join(__dirname, "steady-load.mjs"), { execArgv: [] });
    // What it measures is the servers, not how long it waits for a processor beside `pulumi up`.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_HIGH);
    child.send(target);
    return new SteadyLoad(child);
  }

  /** Ends the load, waits for the requests that are under way, and tells what became of all. */
  private stop(): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      this.process.once("exit", () => {
        reject(new Error("the load ended by itself"));
      });
      this.process.once("message", (report) => {
        resolve(report as LoadReport);
      });
      this.process.send("stop");
    });
  }
}

/** A report in a line. */
export function describeLoad({ sent, answers, failed, retried, slowest }: LoadReport): string {
  const statuses = Object.entries(answers).map(([status, count]) => `${String(count)} × ${status}`);
  const parts = [
    `${String(sent)} requests`,
    ...statuses,
    `${String(failed.length)} failed`,
    `slowest ${String(slowest)} ms`,
  ];
  return [...parts, ...(retried > 0 ? [`${String(retried)} sent again on another connection`] : [])].join(
    ", ",
  );
}

/** Every request had its answer, and it was 200. */
export function assertServedAll({ failed, answers }: LoadReport): void {
  const [first] = failed;
  assert.equal(
    failed.length,
    0,
    first && `${first.error}, first at ${new Date(first.at).toISOString()}; ${JSON.stringify(answers)}`,
  );
  assert.deepEqual(Object.keys(answers), ["200"], JSON.stringify(answers));
}
