import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Manifest } from "../../scripts/render/capture";
import { placeholderArgs, renderArgs } from "../../scripts/render/render-stack";
import type { CertctlArgs } from "../../src/certctl-args";
import { podSpec } from "../support/pods";
import { functionsOf, programsOf } from "../support/shell-commands";
import { addedPrograms, imageUserland, scriptImage, systemPrograms } from "../support/userland";
import type { ScriptImage } from "../support/userland";

/** What each script runs, and in which images. */
const uses: Record<string, [images: ScriptImage[], programs: string]> = {
  "bucket.sh": [["awsCli"], "aws"],
  "choose.sh": [["postgres"], "awk dirname find ln sed sort tr"],
  "common.sh": [["postgres"], "awk cat cmp cut date head psql sed sha256sum sort stat tr"],
  "copy-private-files.sh": [["server"], "cp"],
  "download.sh": [["awsCli"], "dirname"],
  "drill.sh": [["postgres"], "cat df dirname initdb pg_ctl pg_restore rm sed"],
  "dump.sh": [
    ["postgres"],
    "base64 cat cut date df dirname find grep mkdir mkfifo mv pg_dump pg_restore psql rm sed sha256sum sync touch tr wc",
  ],
  "enroll.sh": [["agent"], "cat curl grep head mv sed tr"],
  "find-backup.sh": [["awsCli", "postgres"], "dirname sh"],
  "own-state.sh": [["agent"], "chmod chown stat"],
  "provision.sh": [["server"], "cat curl grep head sed sleep tr"],
  "publish.sh": [["postgres"], "basename cut date dirname find mv rm sed sort sync tail"],
  "push.sh": [["postgres"], "date dirname find sort tail timeout wget"],
  "reload-tls.sh": [["server"], "awk curl date pidof sleep"],
  "restore-state.sh": [["postgres"], ""],
  "restore.sh": [["postgres"], "cat cut date dirname head mkfifo pg_restore rm sed sleep tail touch tr"],
  "restored.sh": [["postgres"], "dirname touch"],
  "run-agent.sh": [["agent"], "/app/agent cat"],
  "upload.sh": [["awsCli"], "dd dirname stat tr"],
  "wait-for-database.sh": [["postgres"], "date pg_isready sleep"],
};

const source = join(__dirname, "../../src");
const texts = new Map(
  readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".sh"))
    .map((file) => [basename(file), readFileSync(join(source, file), "utf8")]),
);

describe("the programs that scripts of pods run", function () {
  this.timeout(120_000);
  const folder = mkdtempSync(join(tmpdir(), "certctl-programs-test-"));
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("are found in a script, wherever a command begins", () => {
    const script = [
      "# diff: a comment",
      'different=$(diff "$a" "$(sort b)" | sed s/x/y/) || fail "no $(comm -3 a b)"',
      "if ! [ -e a ] && run timeout 10 wget -q x; then exec jq . < file; fi",
      "for each in $(ls); do find . -exec stat {} +; done 2> /dev/null",
      "case $x in",
      "  one | two) tac a ;;",
      '  *" three "*) ;;',
      "esac",
      "size=$(($(wc -c < x) - 1)) other=${y:-$(rev z)}",
      'fail() { printf "%s" "cut"; nl >&2; }',
      "cat << 'END'",
      "tee",
      "END",
      'run() { "$@"; }',
      "",
    ].join("\n");
    const found = "cat comm diff find jq ls nl rev sed sort stat tac timeout wc wget";
    assert.equal(programsOf(script).join(" "), found);
  });

  it("are those of this list, and a new one has to be written here", () => {
    const functions = [...texts.values()].flatMap(functionsOf);
    const found = [...texts].map(([file, text]) => [file, programsOf(text, functions).join(" ")]);
    const listed = Object.entries(uses).map(([file, [, programs]]) => [file, programs]);
    assert.deepEqual(Object.fromEntries(found), Object.fromEntries(listed));
  });

  it("are all in the images that run the script", async () => {
    const run = await imagesOfScripts();
    for (const [file, [images, programs]] of Object.entries(uses)) {
      assert.deepEqual([...(run.get(file) ?? [])].sort(), images, file);
      for (const image of images) {
        const has = [...systemPrograms(image), ...addedPrograms[image]];
        const missing = programs.split(" ").filter((program) => program !== "" && !has.includes(program));
        assert.deepEqual(missing, [], `${file} in the image ${image}`);
      }
    }
  });

  it("are the only ones that the suites of scripts find, as in the images", () => {
    for (const image of ["postgres", "server", "agent", "awsCli"] as const) {
      const found = imageUserland(image, join(folder, image))
        .split(":")
        .flatMap((place) => readdirSync(place));
      const extra = found.filter(
        (program) =>
          program !== "busybox" && ![...systemPrograms(image), ...addedPrograms[image]].includes(program),
      );
      assert.deepEqual(extra, [], image);
      const used = Object.values(uses).flatMap(([images, programs]) =>
        images.includes(image) ? programs.split(" ") : [],
      );
      const missing = used.filter(
        (program) => systemPrograms(image).includes(program) && !found.includes(program),
      );
      assert.deepEqual(missing, [], image);
    }
  });

  it("do not say how two files differ, nor count bytes: busybox's say and count otherwise", () => {
    for (const [file, text] of texts) assert.doesNotMatch(text, /\bdiff\b(?! says)|\bwc -c\b/, file);
  });
});

/** Scripts that a script reads. */
function sourced(text: string): string[] {
  return [...text.matchAll(/^\. .*?([\w-]+\.sh)"$/gm)].map(([, file = ""]) => file);
}

/** The images whose containers run each script. */
async function imagesOfScripts(): Promise<Map<string, Set<ScriptImage>>> {
  const images = new Map<string, Set<ScriptImage>>();
  const note = (file: string, image: ScriptImage): void => {
    images.set(file, (images.get(file) ?? new Set()).add(image));
    for (const one of sourced(texts.get(file) ?? "")) note(one, image);
  };
  const s3 = { bucket: "backups", region: "us-east-1", identity: { mode: "podIdentity" } } as const;
  const pushgateway = { url: "http://pushgateway:9091" };
  const restore = { backup: "latest", before: "2099-12-31T23:59:59Z" };
  const own = { secret: "ra", mountPath: "/etc/certctl/ra", ownerOnly: true };
  const instances: CertctlArgs[] = [
    { backup: { enabled: true, pushgateway }, restore, server: { mounts: [own] } },
    {
      backup: { enabled: true, pushgateway, sink: { mode: "s3", s3 } },
      restore,
      agents: { kind: "DaemonSet" },
    },
  ];
  for (const args of instances) {
    const manifests = await renderArgs({ ...placeholderArgs({}), ...args });
    for (const workload of manifests.filter(hasPods)) {
      const pod = podSpec(workload);
      for (const { command = [], image, env = [] } of [...(pod.initContainers ?? []), ...pod.containers]) {
        if (command[0] !== "sh") continue;
        const [, option = "", text = ""] = command;
        const inline = [...texts].find(([, known]) => known.trim() === text.trim())?.[0];
        note(option === "-c" ? (inline ?? text) : basename(option), scriptImage(image));
        const found = env.find(({ name }) => name === "FIND_SCRIPT")?.value;
        if (found !== undefined) note(found, scriptImage(image));
      }
    }
  }
  return images;
}

function hasPods({ spec }: Manifest): boolean {
  return typeof spec === "object" && spec !== null && ("template" in spec || "jobTemplate" in spec);
}
