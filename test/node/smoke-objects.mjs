/**
 * What the smoke proof runs: a namespace that admits restricted pods only, a database, a web server, and pods
 * that ask for it.
 */
export const namespace = "smoke";
export const password = `p/a#s?s%41@1:'" x`;

const restrictedContainer = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** @param {number} id user, group and file system group */
const restrictedPod = (id) => ({
  runAsNonRoot: true,
  runAsUser: id,
  runAsGroup: id,
  fsGroup: id,
  fsGroupChangePolicy: "OnRootMismatch",
  seccompProfile: { type: "RuntimeDefault" },
});

const metadata = (/** @type {string} */ name, /** @type {Record<string, string>} */ labels = {}) => ({
  name,
  namespace,
  labels,
});

/** @param {{ certificate: string, key: string }} tls */
export function databaseObjects({ certificate, key }) {
  const labels = { app: "postgres" };
  const container = {
    name: "postgres",
    image: "postgres:16-alpine",
    imagePullPolicy: "IfNotPresent",
    args: [
      "-c",
      "max_connections=50",
      "-c",
      "ssl=on",
      "-c",
      "ssl_cert_file=/tls/tls.crt",
      "-c",
      "ssl_key_file=/tls/tls.key",
    ],
    env: [
      { name: "POSTGRES_USER", value: "certctl" },
      { name: "POSTGRES_DB", value: "inventory" },
      { name: "POSTGRES_PASSWORD", valueFrom: { secretKeyRef: { name: "postgres", key: "password" } } },
      { name: "POSTGRES_INITDB_ARGS", value: "--data-checksums --auth-host=scram-sha-256" },
      { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
    ],
    ports: [{ name: "postgres", containerPort: 5432 }],
    readinessProbe: {
      exec: { command: ["pg_isready", "-h", "127.0.0.1", "-U", "certctl"] },
      periodSeconds: 1,
    },
    resources: { limits: { cpu: "1", memory: "512Mi" } },
    securityContext: restrictedContainer,
    volumeMounts: [
      { name: "data", mountPath: "/var/lib/postgresql/data" },
      { name: "run", mountPath: "/var/run/postgresql" },
      { name: "tls", mountPath: "/tls" },
    ],
  };
  return [
    { apiVersion: "v1", kind: "Secret", metadata: metadata("postgres"), stringData: { password } },
    {
      apiVersion: "v1",
      kind: "Secret",
      metadata: metadata("postgres-tls"),
      stringData: { "tls.crt": certificate, "tls.key": key },
    },
    service("postgres", labels, 5432, 5432),
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: metadata("postgres"),
      spec: {
        serviceName: "postgres",
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            securityContext: restrictedPod(70),
            containers: [container],
            volumes: [
              { name: "run", emptyDir: {} },
              { name: "tls", secret: { secretName: "postgres-tls", defaultMode: 0o440 } },
            ],
          },
        },
        volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim("1Gi") }],
      },
    },
  ];
}

/**
 * @param {{ agentImage: string }} images
 */
export function webObjects({ agentImage }) {
  const shell = { image: agentImage, securityContext: restrictedContainer };
  const serve = [
    "mkdir -p /tmp/w",
    "echo here > /tmp/w/index.html",
    // By busybox's name: Alpine's has no httpd.
    "busybox httpd -p 8081 -h /tmp/w",
    "exec busybox httpd -f -p 8080 -h /tmp/w",
  ].join(" && ");
  const sleeper = (/** @type {string} */ name) =>
    pod(name, { role: name }, [{ ...shell, name: "shell", command: ["sleep", "infinity"] }], { volumes: [] });
  return [
    pod("web", { app: "web" }, [
      {
        ...shell,
        name: "web",
        command: ["sh", "-c", serve],
        ports: [{ name: "http", containerPort: 8080 }],
        readinessProbe: { httpGet: { path: "/index.html", port: "http" }, periodSeconds: 1 },
        volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
      },
    ]),
    service("web", { app: "web" }, 80, 8080),
    sleeper("friend"),
    sleeper("stranger"),
  ];
}

/** The web server answers friends on one port; friends ask it and the DNS, and nobody else. */
export function policies({ host = "" } = {}) {
  const web = { podSelector: { matchLabels: { app: "web" } } };
  const friends = { podSelector: { matchLabels: { role: "friend" } } };
  const from = [friends, ...(host === "" ? [] : [{ ipBlock: { cidr: `${host}/32` } }])];
  const dns = {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
    podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
  };
  return [
    policy("web", { ...web, policyTypes: ["Ingress"], ingress: [{ from, ports: [{ port: "http" }] }] }),
    policy("friend", {
      ...friends,
      policyTypes: ["Egress"],
      egress: [{ to: [web] }, { to: [dns], ports: [{ port: 53, protocol: "UDP" }] }],
    }),
    policy("eager", { podSelector: { matchLabels: { app: "eager" } }, policyTypes: ["Egress"], egress: [] }),
  ];
}

/**
 * Pods that connect to what they may not reach from their first moment on; each says how often it could.
 * @param {{ name: string, agentImage: string, address: string, count: number }} options
 */
export function eagerJob({ name, agentImage, address, count }) {
  const attempt = `n=0; for i in 1 2 3; do nc -w 1 ${address} 5432 < /dev/null 2> /dev/null && n=$((n + 1)); done; echo reached $n`;
  const container = {
    name: "connect",
    image: agentImage,
    securityContext: restrictedContainer,
    command: ["sh", "-c", attempt],
  };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: metadata(name),
    spec: {
      completions: count,
      parallelism: count,
      template: {
        metadata: { labels: { app: name } },
        spec: { restartPolicy: "Never", securityContext: restrictedPod(1000), containers: [container] },
      },
    },
  };
}

/** @param {{ agentImage: string }} images */
export function sizedObjects({ agentImage }) {
  const container = {
    name: "fill",
    image: agentImage,
    securityContext: restrictedContainer,
    command: ["sleep", "infinity"],
    volumeMounts: [{ name: "data", mountPath: "/data" }],
  };
  const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "sized" } }];
  return [
    {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: metadata("sized"),
      spec: { ...claim("16Mi"), storageClassName: "sized" },
    },
    pod("fill", {}, [container], { volumes }),
  ];
}

/**
 * @param {string} name
 * @param {Record<string, string>} labels
 * @param {unknown[]} containers
 * @param {{ volumes?: unknown[] }} [options]
 */
export function pod(name, labels, containers, { volumes = [{ name: "tmp", emptyDir: {} }] } = {}) {
  const spec = {
    automountServiceAccountToken: false,
    securityContext: restrictedPod(1000),
    terminationGracePeriodSeconds: 1,
    containers,
    volumes,
  };
  return { apiVersion: "v1", kind: "Pod", metadata: metadata(name, labels), spec };
}

/** @param {string} size */
function claim(size) {
  return { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: size } } };
}

/**
 * @param {string} name
 * @param {Record<string, string>} selector
 * @param {number} port
 * @param {number} targetPort
 */
function service(name, selector, port, targetPort) {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata(name),
    spec: { selector, ports: [{ port, targetPort }] },
  };
}

/**
 * @param {string} name
 * @param {object} spec
 */
function policy(name, spec) {
  return { apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata: metadata(name), spec };
}
