import type { Issue } from "../../checks/issues";
import { issueIf, show, under } from "../../checks/issues";
import { text } from "../../checks/unseen";
import type { SetVariable } from "../variables/set-variables";
import type { FileSource, MountSettings } from "../../kubernetes/types";
import type { ServerSettings } from "../server-args";
import { findVariable } from "../variables/catalogue";
import { issuerFiles } from "../variables/issuers";
import { settingFilesDirectory } from "./setting-files";

/** Directories of the deployment: nothing may be mounted on or below them. */
const ownDirectories: Readonly<Record<string, string>> = {
  "/app": "certctl's program is there",
  "/tmp": "certctl's scratch space is there",
  "/etc/certctl/tls": "the server's certificate is there",
  "/etc/certctl/ca": "the issuing CA is there",
  "/etc/certctl/database-ca": "the CA of the database is there",
  [settingFilesDirectory]: "the files of other settings are there",
};
const systemDirectories = ["/dev", "/proc", "/sys"];
const imageDirectories = ["/bin", "/etc", "/etc/certctl", "/lib", "/sbin", "/usr"];

/** What is wrong with the mounts of a server. */
export function mountIssues(mounts: readonly MountSettings[]): Issue[] {
  return mounts.flatMap((mount, index) => {
    const path = `[${String(index)}]`;
    const directory = text(mount.mountPath);
    const earlier = mounts.slice(0, index).findIndex((one) => text(one.mountPath) === directory);
    return [
      ...under(path, sourceIssues(mount)),
      ...issueIf(
        earlier >= 0,
        `${path}.mountPath`,
        `${show(directory)} is the path of mounts[${String(earlier)}] too`,
      ),
      ...(directory === undefined ? [] : takenIssues(`${path}.mountPath`, directory)),
    ];
  });
}

/** What is wrong with the place of a file. */
export function fileSourceIssues(source: FileSource | undefined): Issue[] {
  return source ? sourceIssues(source) : [];
}

function sourceIssues({ secret, configMap }: Pick<FileSource, "secret" | "configMap">): Issue[] {
  return [
    ...issueIf(
      secret !== undefined && configMap !== undefined,
      "",
      "has a secret and a configMap; keep one of the two",
    ),
    ...issueIf(secret === undefined && configMap === undefined, "", "has no files; give secret or configMap"),
  ];
}

/** What is wrong with the files of issuers. */
export function issuerFileIssues(settings: Pick<ServerSettings, "issuer">): Issue[] {
  return issuerFiles.flatMap(({ note: argument, file }) =>
    under(argument.replace(/^server\./, ""), fileSourceIssues(file?.(settings))),
  );
}

function takenIssues(path: string, directory: string): Issue[] {
  const normal = directory.replace(/\/+$/, "") || "/";
  if (normal === "/")
    return [
      {
        path,
        message: `"/" would hide the whole image; choose a directory of its own, such as /etc/certctl/files`,
      },
    ];
  if (normal.split("/").includes("..")) return [{ path, message: `${show(directory)} has a ".." in it` }];
  const reason = reasonForReserve(normal);
  const advice = "choose a directory of its own, such as /etc/certctl/files";
  return issueIf(reason !== undefined, path, `${show(directory)} is reserved: ${reason ?? ""}; ${advice}`);
}

function reasonForReserve(directory: string): string | undefined {
  const own = Object.keys(ownDirectories).find((one) => isBelow(directory, one));
  if (own !== undefined) return ownDirectories[own];
  if (systemDirectories.some((one) => isBelow(directory, one))) return "it is part of the system";
  return imageDirectories.includes(directory) ? "it is part of the image" : undefined;
}

/**
 * Paths in variables that no mount covers, and a key that the driver of PostgreSQL would refuse for its mode.
 */
export function pathIssues(variables: readonly SetVariable[], mounts: readonly MountSettings[]): Issue[] {
  return variables.flatMap(({ name, path, value, source }) => {
    const variable = findVariable(name);
    if (variable?.status !== "open" || variable.kind.type !== "path" || !value?.startsWith("/")) return [];
    if (["/etc/ssl", "/tmp"].some((directory) => isBelow(value, directory))) return [];
    const shown = source === "env" ? `${show(value)} ` : "";
    const index = mounts.findIndex((mount) => isBelow(value, text(mount.mountPath) ?? value));
    if (index < 0)
      return [
        {
          path,
          message: `${shown}is in no mount of the server; add its Secret or ConfigMap to server.mounts`,
        },
      ];
    const mode = name === "PGSSLKEY" && mounts[index]?.ownerOnly !== true;
    return issueIf(
      mode,
      path,
      `${shown}must be readable by its owner only; set ownerOnly: true in server.mounts[${String(index)}]`,
    );
  });
}

function isBelow(path: string, directory: string): boolean {
  const normal = directory.replace(/\/+$/, "");
  return path === normal || path.startsWith(`${normal}/`);
}
