/** The DNS names by which an instance's server is reached inside the cluster. A certificate must be valid for all of them. */
export function serverDnsNames(name: string, namespace: string): string[] {
  const service = `${name}-server`;
  return [service, `${service}.${namespace}`, `${service}.${namespace}.svc`, `${service}.${namespace}.svc.cluster.local`];
}
