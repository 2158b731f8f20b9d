import type { FileSource, MountSettings } from "../../kubernetes/types";
import { estFiles, scepFiles } from "../enrollment-variables";
import type { ServerSettings } from "../server-args";
import type { SettingFile } from "./setting-file";

/** Where the files of settings are mounted, each in a directory of its own. */
export const settingFilesDirectory = "/etc/certctl/settings";

/** The files that the arguments of a server name. */
export function settingFiles({ est, scep, issuer = {} }: ServerSettings): SettingFile[] {
  const { stepCa, openssl } = issuer;
  return [
    ...(est ? estFiles(est) : []),
    ...(scep ? scepFiles(scep) : []),
    ...file("CERTCTL_STEPCA_ROOT_CERT", stepCa?.rootCertificate),
    ...file("CERTCTL_STEPCA_KEY_PATH", stepCa?.provisionerKey),
    ...file("CERTCTL_OPENSSL_SIGN_SCRIPT", openssl?.signScript, { executable: true }),
    ...file("CERTCTL_OPENSSL_REVOKE_SCRIPT", openssl?.revokeScript, { executable: true }),
    ...file("CERTCTL_OPENSSL_CRL_SCRIPT", openssl?.crlScript, { executable: true }),
  ];
}

function file(
  variable: string,
  source: FileSource | undefined,
  options: Pick<MountSettings, "executable"> = {},
): SettingFile[] {
  return source ? [{ variable, source, ...options }] : [];
}

/** Variables with the paths of the files. */
export function fileVariables(settings: ServerSettings): Record<string, string> {
  return Object.fromEntries(
    settingFiles(settings).map((one) => [one.variable, `${directoryOf(one)}/${one.source.key}`]),
  );
}

/** A mount for each file. */
export function fileMounts(settings: ServerSettings): (MountSettings & { key: string })[] {
  return settingFiles(settings).map((one) => {
    const { source, variable: _variable, ...options } = one;
    return { mountPath: directoryOf(one), ...source, ...options };
  });
}

function directoryOf({ variable }: SettingFile): string {
  const name = variable
    .toLowerCase()
    .replace(/^certctl_/, "")
    .replaceAll("_", "-");
  return `${settingFilesDirectory}/${name}`;
}
