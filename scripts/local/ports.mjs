import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * @param {number} port 0: any
 * @returns {Promise<{ port: number, release: () => Promise<void> } | undefined>} nothing when the port is
 * taken
 */
function holdPort(port) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) => {
      if (error.code === "EADDRINUSE" || error.code === "EACCES") resolve(undefined);
      else reject(error);
    });
    server.listen({ host: "127.0.0.1", port }, () => {
      const address = server.address();
      if (address === null || typeof address === "string") return reject(new Error("no TCP address"));
      resolve({ port: address.port, release: () => new Promise((done) => server.close(() => done())) });
    });
  });
}

/**
 * @param {number} port on 127.0.0.1
 * @param {number} [patienceMilliseconds] a process that was killed may be gone a moment before its sockets
 * are
 */
export async function isPortFree(port, patienceMilliseconds = 1_000) {
  for (const deadline = Date.now() + patienceMilliseconds; ; await sleep(50)) {
    const held = await holdPort(port);
    await held?.release();
    if (held !== undefined) return true;
    if (Date.now() > deadline) return false;
  }
}

/**
 * @param {number[]} [except] ports that are free, but meant for something else
 * @returns {Promise<number>} a free port on 127.0.0.1
 */
export async function freePort(except = []) {
  const held = await holdPort(0);
  if (held === undefined) throw new Error("the system has no free port on 127.0.0.1");
  await held.release();
  return except.includes(held.port) ? freePort(except) : held.port;
}
