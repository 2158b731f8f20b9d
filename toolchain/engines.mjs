/**
 * What is built, one row per program: its Go module (a folder of modules/, which pins every dependency) and
 * its main package.
 * @typedef {object} Engine
 * @property {string} name also the file name of the binary
 * @property {string} module folder of modules/
 * @property {string} package main package
 * @property {string[]} [tags] build tags
 * @property {Record<string, string>} [stamps] values of package variables (-ldflags -X): the version it reports
 * @property {"pulumi" | "path"} [place] `pulumi`: where the npm package `pulumi` looks for the CLI; `path`: on PATH; else only by its path
 * @property {{ module: string, folder: string, as: string }} [files] a folder of a Go module that the program needs when it runs
 */

/** The version of the npm package `pulumi` (package.json), whose CLI this stands in for. */
export const pulumiVersion = "3.259.0";

const prometheusVersion = "github.com/prometheus/common/version.Version";
const operatorModule = "github.com/prometheus-operator/prometheus-operator";
const operatorVersion = { [prometheusVersion]: "0.85.0" };

const kubernetesVersion = {
  "k8s.io/component-base/version.gitVersion": "v1.35.4",
  "k8s.io/component-base/version.gitMajor": "1",
  "k8s.io/component-base/version.gitMinor": "35",
};

/**
 * In the order in which they are built. Their modules ask for one set of versions, so that each has less to
 * compile than the one before (test/toolchain/versions.test.ts).
 * @type {Engine[]}
 */
export const engines = [
  { name: "pulumi-resource-kubernetes", module: "provider-kubernetes", package: ".", place: "path" },
  {
    name: "kube-apiserver",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-apiserver",
    stamps: kubernetesVersion,
  },
  {
    name: "pulumi",
    module: "pulumi",
    package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    stamps: { "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version": `v${pulumiVersion}` },
    place: "pulumi",
  },
  {
    name: "kube-controller-manager",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-controller-manager",
    stamps: kubernetesVersion,
  },
  {
    name: "kwok",
    module: "kwok",
    package: "sigs.k8s.io/kwok/cmd/kwok",
    files: { module: "sigs.k8s.io/kwok", folder: "kustomize/stage", as: "stages" },
  },
  {
    name: "kube-scheduler",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-scheduler",
    stamps: kubernetesVersion,
  },
  {
    name: "kubectl",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kubectl",
    stamps: kubernetesVersion,
    place: "path",
  },
  { name: "etcd", module: "etcd", package: "." },
  {
    name: "pulumi-language-nodejs",
    module: "language-nodejs",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    place: "pulumi",
  },
];

/**
 * What a real node needs besides a control plane (test/node): only Linux builds these, and only for the tests
 * that run there.
 * @type {Engine[]}
 */
export const nodeEngines = [
  {
    name: "kubelet",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kubelet",
    stamps: kubernetesVersion,
  },
  {
    name: "prometheus-operator",
    module: "prometheus-operator",
    package: `${operatorModule}/cmd/operator`,
    stamps: operatorVersion,
    files: { module: operatorModule, folder: "example/prometheus-operator-crd", as: "definitions" },
  },
  {
    // Debian's and Ubuntu's package cannot discover what is in Kubernetes.
    name: "prometheus",
    module: "prometheus",
    package: "github.com/prometheus/prometheus/cmd/prometheus",
    tags: ["remove_all_sd", "enable_kubernetes_sd"],
    stamps: { [prometheusVersion]: "3.16.0" },
  },
  { name: "coredns", module: "coredns", package: "." },
  {
    name: "kube-proxy",
    module: "kubernetes",
    package: "k8s.io/kubernetes/cmd/kube-proxy",
    stamps: kubernetesVersion,
  },
  { name: "network-policy", module: "network-policy", package: "." },
  { name: "local-volumes", module: "local-volumes", package: "." },
  {
    name: "prometheus-config-reloader",
    module: "prometheus-operator",
    package: `${operatorModule}/cmd/prometheus-config-reloader`,
    stamps: operatorVersion,
  },
];
