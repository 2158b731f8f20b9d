import type { Issue } from "../../checks/issues";
import { issueIf, sentenceList } from "../../checks/issues";
import type { SetVariable } from "./set-variables";
import type { IssuerSettings } from "../issuer-args";
import { variableBundles } from "./bundles";

/** Variables that lack others, without which they are refused or of no use. */
export function bundleIssues(variables: readonly SetVariable[], issuer: IssuerSettings = {}): Issue[] {
  const find = (name: string): SetVariable | undefined => variables.find((one) => one.name === name);
  const needs = ({ path }: SetVariable, names: readonly string[]): Issue[] => {
    const missing = names.filter((name) => !find(name));
    return issueIf(missing.length > 0, path, `needs ${sentenceList(missing)} too`);
  };
  const bundles = variableBundles.flatMap(({ prefix, needs: names }) => {
    const first = variables.find(({ name }) => name.startsWith(prefix));
    return first ? needs(first, names) : [];
  });
  const ejbca = variables.find(({ name }) => name.startsWith("CERTCTL_EJBCA_"));
  const oauth = find("CERTCTL_EJBCA_AUTH_MODE")?.value === "oauth2";
  const login = oauth
    ? ["CERTCTL_EJBCA_TOKEN"]
    : ["CERTCTL_EJBCA_CLIENT_CERT_PATH", "CERTCTL_EJBCA_CLIENT_KEY_PATH"];
  const acme = ["CERTCTL_ACME_PROFILE", "CERTCTL_ACME_ARI_ENABLED", "CERTCTL_ZEROSSL_EAB_URL"]
    .map(find)
    .find((one) => one !== undefined);
  return [
    ...bundles,
    ...(ejbca ? needs(ejbca, login) : []),
    ...issueIf(
      acme !== undefined && issuer.acme === undefined,
      acme?.path ?? "",
      "has no effect without server.issuer.acme",
    ),
  ];
}
