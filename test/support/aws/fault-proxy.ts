import { createHash } from "node:crypto";
import { createServer, request } from "node:http";
import type { ClientRequest, IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * What befalls a request: an answer of the proxy's own, a way not to give one, or what tells stores apart.
 */
export type Fault =
  | { status: number }
  /** No answer at all. */
  | "hang"
  /** The connection is cut before the request arrives. */
  | "reset"
  /** The request is carried out, and the connection cut before its answer. */
  | "lost reply"
  /** The answer comes, a second late. */
  | "slow"
  /** The answer does not say which checksum the store has computed, as of stores that know none. */
  | "confirms nothing"
  /** The answer says that the store has something else. */
  | "confirms another"
  /** A body that has not the SHA-256 which the request names is refused, as S3 does. */
  | "compares digests";

/**
 * Which fault befalls a request; none for `undefined`. `count` counts the requests since the rule was set,
 * from 1.
 */
export type FaultRule = (sent: { method: string; url: string; count: number }) => Fault | undefined;

/**
 * An HTTP proxy in front of an S3 store, which fails as it is told. To the store, requests have come by TLS.
 */
export class FaultProxy {
  private rule: FaultRule = () => undefined;
  private count = 0;

  private constructor(
    private readonly server: Server,
    private readonly target: URL,
  ) {}

  /** `host` is the address to listen on. */
  static async start(target: string, host = "127.0.0.1"): Promise<FaultProxy> {
    const server = createServer();
    const proxy = new FaultProxy(server, new URL(target));
    server.on("request", (sent, answer) => {
      proxy.handle(sent, answer);
    });
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    return proxy;
  }

  get endpoint(): string {
    const { address, port } = this.server.address() as AddressInfo;
    return `http://${address}:${String(port)}`;
  }

  /** How many requests came since the rule was set. */
  get requests(): number {
    return this.count;
  }

  /** From now on. Without a rule, nothing goes wrong. */
  fail(rule: FaultRule = () => undefined): void {
    this.rule = rule;
    this.count = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(sent: IncomingMessage, answer: ServerResponse): void {
    this.count += 1;
    const fault = this.rule({ method: sent.method ?? "", url: sent.url ?? "", count: this.count });
    if (fault === "reset") return void sent.socket.destroy();
    if (fault === "hang") return void sent.resume();
    if (typeof fault === "object") {
      sent.resume();
      refuse(answer, fault.status, fault.status === 503 ? "SlowDown" : "InternalError");
      return;
    }
    if (fault !== "compares digests") return void sent.pipe(this.request(sent, answer, fault));
    void bodyOf(sent).then((body) => {
      if (hasNamedDigest(sent, body)) this.request(sent, answer).end(body);
      else refuse(answer, 400, "BadDigest");
    });
  }

  /** The same request to the store, without its body. */
  private request(sent: IncomingMessage, answer: ServerResponse, fault?: Fault): ClientRequest {
    // The client already has its answer to `Expect`.
    const { expect: _, ...headers } = sent.headers;
    const { hostname, port } = this.target;
    const passed = request(
      {
        hostname,
        port,
        method: sent.method,
        path: sent.url,
        headers: { ...headers, "x-forwarded-proto": "https" },
      },
      (given) => {
        if (fault === "lost reply") return void given.resume().on("end", () => sent.socket.destroy());
        if (fault === "confirms nothing") delete given.headers["x-amz-checksum-sha256"];
        if (fault === "confirms another")
          given.headers["x-amz-checksum-sha256"] = createHash("sha256").digest("base64");
        setTimeout(
          () => {
            answer.writeHead(given.statusCode ?? 502, given.headers);
            given.pipe(answer);
          },
          fault === "slow" ? 1_000 : 0,
        );
      },
    );
    passed.on("error", () => sent.socket.destroy());
    return passed;
  }
}

/** S3's own form of an error: clients take the code from it. */
function refuse(answer: ServerResponse, status: number, code: string): void {
  const body = `<Error><Code>${code}</Code><Message>as the test wants</Message></Error>`;
  answer.writeHead(status, { "content-type": "application/xml", "content-length": body.length }).end(body);
}

async function bodyOf(sent: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of sent) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function hasNamedDigest(sent: IncomingMessage, body: Buffer): boolean {
  return createHash("sha256").update(body).digest("base64") === sent.headers["x-amz-checksum-sha256"];
}
