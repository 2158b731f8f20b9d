import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { renderArgs } from "../../scripts/render/render-stack";
import { podSpec } from "../support/pods";
import { generateSecrets } from "../support/secrets";

const source = join(__dirname, "../../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".sh"),
);
const script = (file: string): string => readFileSync(join(source, file), "utf8");
/** Those that are started; the others are read by them, and linted with them. */
const programs = files.filter((file) => script(file).startsWith("#!/bin/sh\n"));
/** Exit codes that say nothing. */
const unheard = [
  'kill "$pid" 2> /dev/null || true', // it may have ended
  'kill "$child" 2> /dev/null || true', // so may this one
  'wait "$session" || true', // what it said follows
  "cat >&3 2> /dev/null || true", // told by the answer that does not come
  "grep -c ' TABLE DATA ' \"$TMPDIR/list\" || true", // none is 1
  "--mode=immediate --silent > /dev/null 2>&1 || true", // a throw-away server
];
const known = new Map(files.map((file) => [script(file).trim(), file]));

describe("the shell scripts that pods run", function () {
  this.timeout(300_000);

  it("pass shellcheck, and none switches set -e off by the way it calls a function", async () => {
    const { pythonPackages } = await import("../support/python/packages.mjs");
    const shellcheck = join(pythonPackages("shellcheck"), "bin", "shellcheck");
    const options = [
      "--shell=sh",
      "--severity=style",
      "--enable=check-set-e-suppressed,quote-safe-variables",
      "--format=gcc",
      "--external-sources",
      "--source-path=SCRIPTDIR",
    ];
    const { status, stdout, stderr } = spawnSync(
      shellcheck,
      [...options, ...programs.map((file) => join(source, file))],
      {
        encoding: "utf8",
      },
    );
    assert.equal(status, 0, stdout + stderr);
  });

  for (const file of programs) {
    it(`${file} ends at the first error and at an unset variable`, () => {
      const [first, ...rest] = script(file)
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"));
      assert.match(first ?? "", /^set -eu/);
      assert.ok(rest.length > 0);
      const text = unheard.reduce((rest, allowed) => rest.replaceAll(allowed, ""), script(file));
      assert.doesNotMatch(
        text,
        /set \+e|\|\| (true|:)(\s|$)|2>\s*\/dev\/null/,
        "an error that nobody hears of",
      );
    });
  }

  it("are all of these files, as they are: no other shell is in a pod", async () => {
    const secrets = await generateSecrets();
    const all: Manifest[] = [
      ...(await renderArgs(secrets)),
      ...(await renderArgs({
        ...secrets,
        agents: { kind: "DaemonSet" },
        backup: { enabled: true },
        server: { mounts: [{ secret: "ra", mountPath: "/etc/certctl/ra", ownerOnly: true }] },
      })),
    ];
    const mounted = all
      .filter(({ kind }) => kind === "ConfigMap")
      .flatMap(({ data }) => Object.entries((data ?? {}) as Record<string, string>))
      .filter(([name]) => name.endsWith(".sh"));
    for (const [name, text] of mounted) assert.equal(basename(known.get(text.trim()) ?? ""), name);

    const used = new Set(mounted.map(([name]) => name));
    for (const manifest of all.filter(
      ({ spec }) =>
        typeof spec === "object" && spec !== null && ("template" in spec || "jobTemplate" in spec),
    )) {
      const { containers, initContainers = [] } = podSpec(manifest);
      for (const { name, command = [] } of [...containers, ...initContainers]) {
        if (command[0] !== "sh") continue;
        const [, option, text = ""] = command;
        if (option === "-c") {
          const file = known.get(text.trim());
          assert.ok(file !== undefined, `${manifest.metadata.name}, ${name}: a script that is no file`);
          used.add(basename(file));
        } else
          assert.ok(
            mounted.some(([file]) => option === `/scripts/${file}`),
            `${manifest.metadata.name}, ${name}: ${option ?? ""}`,
          );
      }
    }
    assert.deepEqual(
      [...used].sort(),
      files.map((file) => basename(file)).sort(),
      "a script that no pod runs",
    );
  });
});
