import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

const modulesFolder = join(__dirname, "../../toolchain/modules");

/** What most of the programs are made of: most of what one compiles, the next one finds compiled. */
const heavy = [
  "github.com/google/cel-go",
  "github.com/google/gnostic-models",
  "github.com/prometheus/client_golang",
  "go.etcd.io/etcd/client/v3",
  "go.opentelemetry.io/otel",
  "golang.org/x/crypto",
  "golang.org/x/net",
  "golang.org/x/text",
  "google.golang.org/genproto/googleapis/api",
  "google.golang.org/grpc",
  "google.golang.org/protobuf",
  "k8s.io/api",
  "k8s.io/apimachinery",
  "k8s.io/apiserver",
  "k8s.io/client-go",
  "k8s.io/component-base",
  "k8s.io/kube-openapi",
  "k8s.io/kubectl",
  "sigs.k8s.io/kustomize/api",
  "sigs.k8s.io/structured-merge-diff/v6",
];

/** Where a program compiles with no other version than its own, by module. */
const own: Record<string, Record<string, string>> = {
  "provider-kubernetes": {
    "github.com/atotto/clipboard": "only the CLI needs the fork that stands in for it",
    "github.com/pulumi/pulumi/pkg/v3": "the provider 4.25.0 makes its schema with the types of its time",
    "github.com/pulumi/pulumi/sdk/v3": "pkg/v3 and the SDK are of one version",
  },
  "language-nodejs": {
    "github.com/pulumi/pulumi/sdk/v3": "later versions of the SDK do not have the language host",
  },
  kwok: {
    "k8s.io/cri-api": "of one version with cri-client",
    "k8s.io/cri-client": "KWOK 0.8 sets options of logs that 1.35 does not export",
  },
  prometheus: {
    "github.com/pb33f/jsonpath": "needed by libopenapi",
    "github.com/pb33f/libopenapi": "the CLI compiles with the one before, Prometheus with this one",
    "github.com/pb33f/ordered-map/v2": "needed by libopenapi",
  },
  "prometheus-operator": {
    "github.com/KimMachineGun/automemlimit": "a function of it is gone in the one that Prometheus has",
    "github.com/prometheus/alertmanager": "types of its configuration have moved since",
    "github.com/prometheus/prometheus": "its parser and rules have other functions since",
    "sigs.k8s.io/controller-runtime": "a function takes another argument since",
  },
};

/** The version of each dependency that a go.mod gives the build: what it asks for, or what stands in for it. */
function versions(file: string): Map<string, string> {
  const lines = readFileSync(file, "utf8")
    .replace(/\/\/.*$/gm, "")
    .split("\n")
    .map((line) => line.replace(/^(require|replace)\b/, "").trim());
  const asked = lines.map((line) => /^(\S+\.\S+) (v\S+)$/.exec(line));
  const replaced = lines.map((line) => /^(\S+)(?: v\S+)? => (\S+ v\S+)$/.exec(line));
  const found = new Map<string, string>();
  for (const [, path, version] of asked.filter((match) => match !== null))
    if (path && version) found.set(path, `${path} ${version}`);
  for (const [, path, substitute] of replaced.filter((match) => match !== null))
    if (path && substitute && found.has(path)) found.set(path, substitute);
  return found;
}

/** What of a module's folder is built; of `definitions`, only files are read. */
const modules = readdirSync(modulesFolder)
  .filter((module) => module !== "definitions" && existsSync(join(modulesFolder, module, "go.mod")))
  .map((module) => ({ module, versions: versions(join(modulesFolder, module, "go.mod")) }));

describe("the Go modules of the toolchain", () => {
  const paths = [...new Set(modules.flatMap((module) => [...module.versions.keys()]))].sort();
  const users = (path: string) =>
    modules.flatMap(({ module, versions }) => {
      const version = versions.get(path);
      return version === undefined ? [] : [{ module, version }];
    });

  it("ask for one version of each dependency, so that what they share is compiled once", () => {
    const differing = paths.flatMap((path) => {
      const asked = users(path).filter(({ module }) => own[module]?.[path] === undefined);
      return new Set(asked.map(({ version }) => version)).size > 1
        ? [asked.map(({ module, version }) => `${module}: ${version}`).join("\n")]
        : [];
    });
    assert.deepEqual(differing, []);
  });

  for (const path of heavy) {
    it(`share ${path}: no module has a version of its own`, () => {
      assert.ok(users(path).length > 1, `${path} is used by less than two modules`);
      assert.equal(new Set(users(path).map(({ version }) => version)).size, 1);
    });
  }

  it("have versions of their own only where another module has another one", () => {
    for (const [module, exceptions] of Object.entries(own)) {
      for (const path of Object.keys(exceptions)) {
        const others = users(path).filter((user) => user.module !== module);
        const mine = users(path).find((user) => user.module === module)?.version;
        assert.ok(mine, `${module} does not use ${path}`);
        assert.ok(
          others.some(({ version }) => version !== mine),
          `${module} has the version of the others of ${path}`,
        );
      }
    }
  });
});
