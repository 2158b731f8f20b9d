import type { Issue } from "../config/issues";
import { issueIf, show } from "../config/issues";
import { text } from "../config/plain";
import type { SetVariable } from "./environment";
import type { MountSettings } from "./server-args";
import { findVariable } from "./server-variables";

/** Directories of the deployment: nothing may be mounted on or below them. */
const ownDirectories: Readonly<Record<string, string>> = {
  "/app": "certctl's program is there",
  "/tmp": "certctl's scratch space is there",
  "/etc/certctl/tls": "the server's certificate is there",
  "/etc/certctl/ca": "the issuing CA is there",
  "/etc/certctl/database-ca": "the CA of the database is there",
};
const systemDirectories = ["/dev", "/proc", "/sys"];
const imageDirectories = ["/bin", "/etc", "/etc/certctl", "/lib", "/sbin", "/usr"];

/** What is wrong with the mounts of a server. */
export function mountIssues(mounts: readonly MountSettings[]): Issue[] {
  return mounts.flatMap((mount, index) => {
    const path = `[${String(index)}]`;
    const directory = text(mount.mountPath);
    const earlier = mounts.slice(0, index).findIndex((one) => text(one.mountPath) === directory);
    const both = mount.secret !== undefined && mount.configMap !== undefined;
    return [
      ...issueIf(both, path, "has a secret and a configMap; keep one of the two"),
      ...issueIf(mount.secret === undefined && mount.configMap === undefined, path, "has no files; give secret or configMap"),
      ...issueIf(earlier >= 0, `${path}.mountPath`, `${show(directory)} is the path of mounts[${String(earlier)}] too`),
      ...(directory === undefined ? [] : takenIssues(`${path}.mountPath`, directory)),
    ];
  });
}

function takenIssues(path: string, directory: string): Issue[] {
  const normal = directory.replace(/\/+$/, "") || "/";
  if (normal === "/")
    return [{ path, message: `"/" would hide the whole image; choose a directory of its own, such as /etc/certctl/files` }];
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

/** Paths in variables that no mount covers, and keys that certctl would refuse for their mode. */
export function pathIssues(variables: readonly SetVariable[], mounts: readonly MountSettings[]): Issue[] {
  return variables.flatMap(({ name, path, value, source }) => {
    const variable = findVariable(name);
    if (variable?.status !== "open" || variable.kind.type !== "path" || !value?.startsWith("/")) return [];
    if (["/etc/ssl", "/tmp"].some((directory) => isBelow(value, directory))) return [];
    const shown = source === "env" ? `${show(value)} ` : "";
    const index = mounts.findIndex((mount) => isBelow(value, text(mount.mountPath) ?? value));
    if (index < 0) return [{ path, message: `${shown}is in no mount of the server; add its Secret or ConfigMap to server.mounts` }];
    const mode = /(^PGSSLKEY|_RA_KEY_PATH)$/.test(name) && mounts[index]?.ownerOnly !== true;
    return issueIf(mode, path, `${shown}must be readable by its owner only; set ownerOnly: true in server.mounts[${String(index)}]`);
  });
}

function isBelow(path: string, directory: string): boolean {
  const normal = directory.replace(/\/+$/, "");
  return path === normal || path.startsWith(`${normal}/`);
}
