/** Somebody besides the pods of an instance: a pod, or an address outside of the cluster. */
export type Outsider = { namespace: string; labels: Record<string, string> } | { address: string };

/** Who else there is, in a cluster where an instance lives in the namespace `certctl`. */
export const outsiders: Readonly<Record<string, Outsider>> = {
  neighbour: { namespace: "certctl", labels: { app: "neighbour" } },
  stranger: { namespace: "default", labels: { app: "stranger" } },
  ingress: {
    namespace: "ingress-nginx",
    labels: { "app.kubernetes.io/name": "ingress-nginx", "app.kubernetes.io/component": "controller" },
  },
  scraper: { namespace: "monitoring", labels: { "app.kubernetes.io/name": "prometheus" } },
  dns: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  // Besides DNS, the same namespace has pods that nobody asks anything.
  system: { namespace: "kube-system", labels: { "k8s-app": "metrics-server" } },
  internet: { address: "203.0.113.10" },
  private: { address: "192.168.77.10" },
  metadata: { address: "169.254.169.254" },
  podIdentity: { address: "169.254.170.23" },
};

export interface Port {
  protocol: "TCP" | "UDP";
  port: number;
}

/** The ports that are tried in every cell: those that something listens on, and one that nobody does. */
export const triedPorts: readonly Port[] = [
  { protocol: "UDP", port: 53 },
  ...[53, 80, 443, 5432, 8443, 9560, 9999].map((port): Port => ({ protocol: "TCP", port })),
];

/**
 * Who may open which port of whom: the row connects to the column. `-` is no port, `any` is every port that
 * is tried. A part's own column is another pod of the same part. Policies change this table only together
 * with a review of it.
 */
const tables = {
  dev: `
    from          server  database  migration  provisioning  agents  neighbour  stranger  ingress  scraper  dns        system  internet  private  metadata  podIdentity
    server        -       5432      -          -             -       -          -         -        -        53,53/udp  -       443       -        -         -
    database      -       -         -          -             -       -          -         -        -        -          -       -         -        -         -
    migration     -       5432      -          -             -       -          -         -        -        53,53/udp  -       -         -        -         -
    provisioning  8443    -         -          -             -       -          -         -        -        53,53/udp  -       -         -        -         -
    agents        8443    -         -          -             -       -          -         -        -        53,53/udp  -       -         -        -         -
    neighbour     -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    stranger      -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    ingress       -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    scraper       -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    dns           -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    system        -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    internet      -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    private       -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    metadata      -       -         -          -             -       any        any       any      any      any        any     any       any      any       any
    podIdentity   -       -         -          -             -       any        any       any      any      any        any     any       any      any       any`,
  "prod-ha": `
    from          server  database  migration  provisioning  agents  backup  restore  drill  neighbour  stranger  ingress  scraper  dns        system  internet  private  metadata  podIdentity
    server        -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       443       -        -         -
    database      -       -         -          -             -       -       -        -      -          -         -        -        -          -       -         -        -         -
    migration     -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    provisioning  8443    -         -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    agents        8443    -         -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    backup        -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    restore       -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    drill         -       -         -          -             -       -       -        -      -          -         -        -        -          -       -         -        -         -
    neighbour     -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    stranger      -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    ingress       8443    -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    scraper       8443    -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    dns           -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    system        -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    internet      -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    private       -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    metadata      -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    podIdentity   -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any`,
  "dev with backups in a bucket": `
    from          server  database  migration  provisioning  agents  backup  restore  drill  neighbour  stranger  ingress  scraper  dns        system  internet  private  metadata  podIdentity
    server        -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       443       -        -         -
    database      -       -         -          -             -       -       -        -      -          -         -        -        -          -       -         -        -         -
    migration     -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    provisioning  8443    -         -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    agents        8443    -         -          -             -       -       -        -      -          -         -        -        53,53/udp  -       -         -        -         -
    backup        -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       443       -        -         80
    restore       -       5432      -          -             -       -       -        -      -          -         -        -        53,53/udp  -       443       -        -         80
    drill         -       -         -          -             -       -       -        -      -          -         -        -        53,53/udp  -       443       -        -         80
    neighbour     -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    stranger      -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    ingress       -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    scraper       -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    dns           -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    system        -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    internet      -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    private       -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    metadata      -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any
    podIdentity   -       -         -          -             -       -       -        -      any        any       any      any      any        any     any       any      any       any`,
  "dev with an SQL exporter": `
    from          server  database  migration  provisioning  agents  sql-exporter  neighbour  stranger  ingress  scraper  dns        system  internet  private  metadata  podIdentity
    server        -       5432      -          -             -       -             -          -         -        -        53,53/udp  -       443       -        -         -
    database      -       -         -          -             -       -             -          -         -        -        -          -       -         -        -         -
    migration     -       5432      -          -             -       -             -          -         -        -        53,53/udp  -       -         -        -         -
    provisioning  8443    -         -          -             -       -             -          -         -        -        53,53/udp  -       -         -        -         -
    agents        8443    -         -          -             -       -             -          -         -        -        53,53/udp  -       -         -        -         -
    sql-exporter  -       5432      -          -             -       -             -          -         -        -        53,53/udp  -       -         -        -         -
    neighbour     -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    stranger      -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    ingress       -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    scraper       8443    -         -          -             -       9560          any        any       any      any      any        any     any       any      any       any
    dns           -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    system        -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    internet      -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    private       -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    metadata      -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any
    podIdentity   -       -         -          -             -       -             any        any       any      any      any        any     any       any      any       any`,
} as const;

/** One cell: whether `from` may open these ports of `to`, and no other that is tried. */
export interface Cell {
  from: string;
  to: string;
  open: readonly Port[];
}

export const stacks = Object.keys(tables) as (keyof typeof tables)[];

/** The reviewed table of a stack, every cell. */
export function reviewedCells(stack: keyof typeof tables): Cell[] {
  const [[, ...columns] = [], ...rows] = tables[stack]
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/));
  return rows.flatMap(([from = "", ...cells]) => {
    if (cells.length !== columns.length)
      throw new Error(`the row ${from} of ${stack} has ${String(cells.length)} cells`);
    return columns.map((to, index) => ({ from, to, open: portsOf(cells[index] ?? "") }));
  });
}

function portsOf(cell: string): readonly Port[] {
  if (cell === "-") return [];
  if (cell === "any") return triedPorts;
  const named = cell.split(",");
  const open = triedPorts.filter(({ protocol, port }) =>
    named.includes(protocol === "UDP" ? `${String(port)}/udp` : String(port)),
  );
  if (open.length !== named.length) throw new Error(`${cell} names a port that is not tried`);
  return open;
}
