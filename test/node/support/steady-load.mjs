// A process of its own, so that nothing that a test does delays it: sends requests at a steady rate, half of
// them on connections of their own, and tells what became of them. Its parent sends { start } and { stop }.
import { createHash } from "node:crypto";
import { Agent, request } from "node:https";

/**
 * @typedef {object} LoadTarget
 * @property {string} address of the Service
 * @property {number} port
 * @property {string} servername
 * @property {string} ca PEM
 * @property {number} rate requests a second
 *
 * @typedef {object} LoadReport
 * @property {number} sent
 * @property {Record<string, number>} answers how many by status
 * @property {{ at: number, error: string }[]} failed without an answer
 * @property {number} retried sent again, because the server had closed the idle connection that they were sent on
 * @property {number} slowest milliseconds
 * @property {{ at: number, fingerprint: string }[]} certificates when each was first met on a new connection
 */

const timeout = 10_000;

process.once("message", (/** @type {LoadTarget} */ target) => void run(target));
process.once("disconnect", () => process.exit(1));

/** @param {LoadTarget} target */
async function run({ address, port, servername, ca, rate }) {
  /** @type {LoadReport} */
  const report = { sent: 0, answers: {}, failed: [], retried: 0, slowest: 0, certificates: [] };
  const common = { host: address, port, servername, ca, path: "/ready", timeout };
  const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: false, maxCachedSessions: 0 })];
  /** @type {Set<Promise<void>>} */
  const open = new Set();

  const send = (/** @type {Agent | undefined} */ agent) =>
    new Promise((/** @type {(value: void) => void} */ done) => {
      const since = Date.now();
      const sent = request({ ...common, agent }, (answer) => {
        const status = String(answer.statusCode);
        report.answers[status] = (report.answers[status] ?? 0) + 1;
        report.slowest = Math.max(report.slowest, Date.now() - since);
        noteCertificate(/** @type {import("node:tls").TLSSocket} */ (answer.socket));
        answer.resume().once("close", done);
      });
      sent.once("timeout", () => sent.destroy(new Error(`no answer within ${timeout} ms`)));
      sent.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
        // A connection that was idle may end while it is used again: every client sends such a request once
        // more.
        if (sent.reusedSocket && error.code === "ECONNRESET") {
          report.retried += 1;
          void send(agent).then(done);
        } else {
          report.failed.push({ at: since, error: `${error.code ?? ""} ${error.message}` });
          done();
        }
      });
      sent.end();
    });

  /** @param {import("node:tls").TLSSocket} socket */
  const noteCertificate = (socket) => {
    const { raw } = socket.getPeerCertificate();
    const fingerprint = raw === undefined ? "" : createHash("sha256").update(raw).digest("hex");
    if (fingerprint !== "" && report.certificates.every((one) => one.fingerprint !== fingerprint)) {
      report.certificates.push({ at: Date.now(), fingerprint });
    }
  };

  const first = Date.now();
  const timer = setInterval(() => {
    // As many as the time that went by asks for: a timer that is late must not lower the rate.
    for (const due = ((Date.now() - first) / 1000) * rate; report.sent < due; report.sent += 1) {
      const one = send(agents[report.sent % agents.length]);
      open.add(one);
      void one.finally(() => open.delete(one));
    }
  }, 10);
  process.on("message", (/** @type {string} */ message) => {
    if (message !== "stop") return;
    clearInterval(timer);
    void Promise.all(open).then(() => process.send?.(report, () => process.exit(0)));
  });
}
