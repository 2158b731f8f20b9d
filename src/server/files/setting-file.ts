import type { MountSettings, FileSource } from "../../kubernetes/types";

/** A file that a setting names, and the variable that tells certctl where it is. */
export interface SettingFile extends Pick<MountSettings, "ownerOnly" | "executable"> {
  variable: string;
  source: FileSource;
}
