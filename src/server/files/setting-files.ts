import type { MountSettings } from "../../kubernetes/types";
import type { ResolvedServer } from "../server-settings";
import { variableRows } from "../variables/catalogue";
import type { ArgumentFile } from "../variables/variable";

/** Where the files of settings are mounted, each in a directory of its own. */
export const settingFilesDirectory = "/etc/certctl/settings";

/** A file that a setting names, and the variable that tells certctl where it is. */
export interface SettingFile {
  variable: string;
  file: ArgumentFile;
}

/** The files that the arguments of a server name. */
export function settingFiles(settings: ResolvedServer): SettingFile[] {
  return variableRows(settings).flatMap(({ name, file: fileOf }) => {
    const file = fileOf?.(settings);
    return file ? [{ variable: name, file }] : [];
  });
}

/** Variables with the paths of the files. */
export function fileVariables(settings: ResolvedServer): Record<string, string> {
  return Object.fromEntries(
    settingFiles(settings).map((one) => [one.variable, `${directoryOf(one)}/${one.file.key}`]),
  );
}

/** A mount for each file. */
export function fileMounts(settings: ResolvedServer): (MountSettings & { key: string })[] {
  return settingFiles(settings).map((one) => ({ mountPath: directoryOf(one), ...one.file }));
}

function directoryOf({ variable }: SettingFile): string {
  const name = variable
    .toLowerCase()
    .replace(/^certctl_/, "")
    .replaceAll("_", "-");
  return `${settingFilesDirectory}/${name}`;
}
