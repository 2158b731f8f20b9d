import { createServer } from "node:net";

/**
 * @param {number} port 0: any
 * @returns {Promise<{ port: number, release: () => Promise<void> } | undefined>} nothing when the port is taken
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

/** @param {number} port on 127.0.0.1 */
export async function isPortFree(port) {
  const held = await holdPort(port);
  await held?.release();
  return held !== undefined;
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
