import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { freePort } from "./postgres";

/** A real query-exporter, with the environment of its container. */
export class QueryExporter {
  /** What it has said. */
  log = "";

  private constructor(
    private readonly process: ChildProcess,
    private readonly url: string,
  ) {
    for (const stream of [process.stdout, process.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.log += text;
      });
  }

  /** Only where it listens is this machine's. */
  static async start(env: Record<string, string>): Promise<QueryExporter> {
    const port = String(await freePort());
    const child = spawn("python3", ["-c", "from query_exporter.main import script; script()"], {
      env: { ...(await pythonEnvironment()), ...env, QE_HOST: "127.0.0.1", QE_PORT: port },
      stdio: ["ignore", "pipe", "pipe"],
    });
    return new QueryExporter(child, `http://127.0.0.1:${port}`);
  }

  /** Its own metrics, by series; empty before the first queries are answered. */
  async figures(): Promise<Record<string, number>> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    const found = text.matchAll(/^(certctl_sql_\S+) (\S+)$/gm);
    return Object.fromEntries([...found].map(([, series = "", value]) => [series, Number(value)]));
  }

  /** Status of what its probes ask for. */
  async status(): Promise<number> {
    return (await fetch(`${this.url}/`)).status;
  }

  /** Its metrics, as soon as so many series are shown. */
  async figuresWhen(wanted: (count: number) => boolean): Promise<Record<string, number>> {
    for (let left = 300; ; left -= 1) {
      const shown = await this.figures().catch(() => undefined);
      if (shown && wanted(Object.keys(shown).length)) return shown;
      assert.ok(left > 0 && this.process.exitCode === null, `${JSON.stringify(shown)}\n${this.log}`);
      await delay(100);
    }
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.process.once("exit", resolve));
    if (this.process.exitCode !== null) return;
    this.process.kill("SIGTERM");
    await ended;
  }
}

/**
 * Runs SQL as the exporter would, by its driver and with the environment of its container: the first row, or
 * what is wrong.
 */
export async function queryAs(
  env: Record<string, string>,
  sql: string,
): Promise<{ row: unknown[] } | { error: string }> {
  const program = [
    "import json, psycopg2, sys",
    "cursor = psycopg2.connect('').cursor()",
    "cursor.execute(sys.argv[1])",
    "print(json.dumps(cursor.fetchone()))",
  ].join("\n");
  const { status, stdout, stderr } = spawnSync("python3", ["-c", program, sql], {
    env: { ...(await pythonEnvironment()), ...env },
    encoding: "utf8",
  });
  return status === 0 ? { row: JSON.parse(stdout) as unknown[] } : { error: stderr };
}

async function pythonEnvironment(): Promise<Record<string, string>> {
  const { pythonPackages } = await import("./python/packages.mjs");
  return { PATH: process.env.PATH ?? "", PYTHONPATH: pythonPackages("query-exporter") };
}
