/** Variables of which one is of no use, or refused, without the others. */
export interface VariableBundle {
  /** The bundle is in use when a variable starts with this. */
  prefix: string;
  needs: readonly string[];
}

const family = (prefix: string, ...suffixes: string[]): VariableBundle => ({
  prefix,
  needs: suffixes.map((suffix) => prefix + suffix),
});

// facts: variables
/** What certctl's connectors ask for. */
export const variableBundles: readonly VariableBundle[] = [
  family("CERTCTL_VAULT_", "ADDR", "TOKEN", "ROLE"),
  family("CERTCTL_DIGICERT_", "API_KEY", "ORG_ID"),
  family("CERTCTL_SECTIGO_", "CUSTOMER_URI", "LOGIN", "PASSWORD", "ORG_ID"),
  family("CERTCTL_GOOGLE_CAS_", "PROJECT", "LOCATION", "CA_POOL", "CREDENTIALS"),
  family("CERTCTL_AWS_PCA_", "REGION", "CA_ARN"),
  family("CERTCTL_ENTRUST_", "API_URL", "CLIENT_CERT_PATH", "CLIENT_KEY_PATH", "CA_ID"),
  family("CERTCTL_GLOBALSIGN_", "API_URL", "API_KEY", "API_SECRET", "CLIENT_CERT_PATH", "CLIENT_KEY_PATH"),
  family("CERTCTL_EJBCA_", "API_URL", "CA_NAME"),
  {
    prefix: "CERTCTL_AWS_SM_",
    needs: ["CERTCTL_AWS_SM_DISCOVERY_ENABLED", "CERTCTL_CLOUD_DISCOVERY_ENABLED"],
  },
  {
    prefix: "CERTCTL_AZURE_KV_",
    needs: [
      "CERTCTL_AZURE_KV_DISCOVERY_ENABLED",
      "CERTCTL_AZURE_KV_VAULT_URL",
      "CERTCTL_AZURE_KV_TENANT_ID",
      "CERTCTL_AZURE_KV_CLIENT_ID",
      "CERTCTL_AZURE_KV_CLIENT_SECRET",
      "CERTCTL_CLOUD_DISCOVERY_ENABLED",
    ],
  },
  {
    prefix: "CERTCTL_GCP_SM_",
    needs: [
      "CERTCTL_GCP_SM_DISCOVERY_ENABLED",
      "CERTCTL_GCP_SM_PROJECT",
      "CERTCTL_GCP_SM_CREDENTIALS",
      "CERTCTL_CLOUD_DISCOVERY_ENABLED",
    ],
  },
  { prefix: "OTEL_", needs: ["CERTCTL_OTEL_ENABLED"] },
  { prefix: "PGSSLCERT", needs: ["PGSSLKEY"] },
  { prefix: "PGSSLKEY", needs: ["PGSSLCERT"] },
];
