import { instanceNames } from "../kubernetes/names";

/** The names that clients in the cluster know the server's Service by. */
export function serverDnsNames(name: string, namespace: string): string[] {
  const service = instanceNames(name).server;
  return [
    service,
    `${service}.${namespace}`,
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ];
}
