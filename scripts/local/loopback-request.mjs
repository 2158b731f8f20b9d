import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";

/**
 * One request to a part of the local control plane. Node's fetch cannot be told a certificate authority, and
 * nothing may be installed for these scripts.
 * @param {string} url
 * @param {object} [options]
 * @param {string} [options.method]
 * @param {string} [options.certificateAuthority] PEM
 * @param {string} [options.token]
 * @param {unknown} [options.body] a text is sent as it is, anything else as JSON
 * @param {string} [options.contentType]
 * @param {number} [options.seconds] how long its answer is waited for
 * @returns {Promise<{ status: number, text: string }>}
 */
export function loopbackRequest(
  url,
  { method = "GET", certificateAuthority, token, body, contentType = "application/json", seconds = 5 } = {},
) {
  const send = url.startsWith("https:") ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const request = send(
      url,
      {
        method,
        ca: certificateAuthority,
        timeout: seconds * 1000,
        // A kept connection would keep the command from exiting.
        agent: false,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": contentType }),
        },
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk) => (text += chunk));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
        response.on("error", reject);
      },
    );
    request.on("timeout", () => request.destroy(new Error(`no answer from ${url} in ${seconds} s`)));
    request.on("error", reject);
    request.end(body === undefined || typeof body === "string" ? body : JSON.stringify(body));
  });
}

/**
 * @param {string} url
 * @param {Parameters<typeof loopbackRequest>[1]} [options]
 * @returns {Promise<boolean>} whether it answers with success
 */
export async function answersOk(url, options) {
  try {
    return (await loopbackRequest(url, options)).status === 200;
  } catch {
    return false;
  }
}
