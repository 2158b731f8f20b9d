/** What to say of a secret that is needed, and how to set it. */
export function missingSecretMessage(path: string): string {
  const secret = path === "tlsCaCertificate" ? "" : "--secret ";
  const nested = path.includes(".") ? "--path " : "";
  return `is missing; npm run secrets -- <stack> makes it, or: pulumi config set ${secret}${nested}certctl:${path}`;
}
