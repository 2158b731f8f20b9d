import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import type { LoadReport, LoadTarget } from "./steady-load.mjs" with { "resolution-mode": "import" };

export type { LoadReport, LoadTarget };

/** Requests at a steady rate, from a process of its own. */
export class SteadyLoad {
  private constructor(private readonly process: ChildProcess) {}

  static start(target: LoadTarget): SteadyLoad {
    const child = fork(join(__dirname, "steady-load.mjs"), { execArgv: [] });
    child.send(target);
    return new SteadyLoad(child);
  }

  /** What became of the requests so far. */
  report(): Promise<LoadReport> {
    return this.ask("report");
  }

  /** Ends the load, waits for the requests that are under way, and tells what became of all. */
  stop(): Promise<LoadReport> {
    return this.ask("stop");
  }

  private ask(question: "report" | "stop"): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      const onEnd = (): void => {
        reject(new Error("the load ended by itself"));
      };
      this.process.once("exit", onEnd);
      this.process.once("message", (report) => {
        this.process.off("exit", onEnd);
        resolve(report as LoadReport);
      });
      this.process.send(question);
    });
  }
}

/** A report in a line. */
export function describeLoad({ sent, answers, failed, retried, slowest }: LoadReport): string {
  const statuses = Object.entries(answers).map(([status, count]) => `${String(count)} × ${status}`);
  const parts = [`${String(sent)} requests`, ...statuses, `${String(failed.length)} failed`, `slowest ${String(slowest)} ms`];
  return [...parts, ...(retried > 0 ? [`${String(retried)} sent again on another connection`] : [])].join(", ");
}
