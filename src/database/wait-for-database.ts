import type * as k8s from "@pulumi/kubernetes";
import type { Images } from "../images/images";
import { literalVariables } from "../kubernetes/environment";
import { scriptResources } from "../kubernetes/resources";
import { readScript } from "../kubernetes/scripts";
import { restrictedContainer } from "../kubernetes/security";
import type { DatabaseClient } from "./database";

const script = readScript(__dirname, "wait-for-database.sh");

/**
 * An init container that ends when the database accepts connections, so that its pod waits instead of
 * failing: without a limit where the pod would otherwise restart again and again, with one in a Job, which
 * has to fail in time.
 */
export function waitForDatabase(
  images: Images,
  client: DatabaseClient,
  { limitSeconds }: { limitSeconds?: number } = {},
): k8s.types.input.core.v1.Container {
  return {
    name: "wait-for-database",
    image: images.postgres,
    imagePullPolicy: images.pullPolicy,
    terminationMessagePolicy: "FallbackToLogsOnError",
    command: ["sh", "-c", script],
    // Nothing of TLS: pg_isready only asks whether somebody answers, and without the CA's file it would wait
    // for ever.
    env: [
      ...client.address,
      ...(limitSeconds === undefined ? [] : literalVariables({ WAIT_LIMIT: String(limitSeconds) })),
    ],
    securityContext: restrictedContainer(),
    resources: scriptResources,
  };
}
