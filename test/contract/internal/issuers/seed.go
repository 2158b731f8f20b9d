package issuers

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"strings"

	"certctl.test/contract/internal/config"
)

// seedRow is one issuer that a first boot makes from the environment (facts: issuers-are-seeded-once).
type seedRow struct {
	id, name, kind string
	when           string // seeded when this variable is set; empty: always
	settings       map[string]string
}

var acmeSettings = map[string]string{
	"directory_url": "CERTCTL_ACME_DIRECTORY_URL", "email": "CERTCTL_ACME_EMAIL", "challenge_type": "CERTCTL_ACME_CHALLENGE_TYPE",
	"profile": "CERTCTL_ACME_PROFILE", "ari_enabled": "CERTCTL_ACME_ARI_ENABLED", "insecure": "CERTCTL_ACME_INSECURE",
}

// The facts name iss-local, the two ACME issuers and iss-stepca; the ids below them are the stand-in's own.
var seedRows = []seedRow{
	{"iss-local", "Local CA", "local", "", map[string]string{"ca_cert_path": "CERTCTL_CA_CERT_PATH", "ca_key_path": "CERTCTL_CA_KEY_PATH"}},
	{"iss-acme-staging", "ACME staging", "acme", "", acmeSettings},
	{"iss-acme-prod", "ACME production", "acme", "", acmeSettings},
	{"iss-stepca", "step-ca", "stepca", "CERTCTL_STEPCA_URL", prefixed("CERTCTL_STEPCA_", "URL", "ROOT_CERT", "PROVISIONER", "KEY_PATH", "PASSWORD")},
	{"iss-openssl", "OpenSSL scripts", "openssl", "CERTCTL_OPENSSL_SIGN_SCRIPT", prefixed("CERTCTL_OPENSSL_", "SIGN_SCRIPT", "REVOKE_SCRIPT", "CRL_SCRIPT")},
	{"iss-vault", "Vault", "vault", "CERTCTL_VAULT_ADDR", prefixed("CERTCTL_VAULT_", "ADDR", "TOKEN", "MOUNT", "ROLE", "TTL")},
	{"iss-digicert", "DigiCert", "digicert", "CERTCTL_DIGICERT_API_KEY", prefixed("CERTCTL_DIGICERT_", "API_KEY", "ORG_ID", "PRODUCT_TYPE", "BASE_URL")},
	{"iss-sectigo", "Sectigo", "sectigo", "CERTCTL_SECTIGO_CUSTOMER_URI", prefixed("CERTCTL_SECTIGO_", "CUSTOMER_URI", "LOGIN", "PASSWORD", "ORG_ID", "BASE_URL")},
	{"iss-google-cas", "Google CAS", "google-cas", "CERTCTL_GOOGLE_CAS_PROJECT", prefixed("CERTCTL_GOOGLE_CAS_", "PROJECT", "LOCATION", "CA_POOL", "CREDENTIALS", "TTL")},
	{"iss-aws-pca", "AWS Private CA", "aws-pca", "CERTCTL_AWS_PCA_CA_ARN", prefixed("CERTCTL_AWS_PCA_", "REGION", "CA_ARN", "SIGNING_ALGORITHM", "VALIDITY_DAYS", "TEMPLATE_ARN")},
	{"iss-entrust", "Entrust", "entrust", "CERTCTL_ENTRUST_API_URL", prefixed("CERTCTL_ENTRUST_", "API_URL", "CLIENT_CERT_PATH", "CLIENT_KEY_PATH", "CA_ID", "PROFILE_ID")},
	{"iss-globalsign", "GlobalSign", "globalsign", "CERTCTL_GLOBALSIGN_API_URL", prefixed("CERTCTL_GLOBALSIGN_", "API_URL", "API_KEY", "API_SECRET", "CLIENT_CERT_PATH", "CLIENT_KEY_PATH")},
	{"iss-ejbca", "EJBCA", "ejbca", "CERTCTL_EJBCA_API_URL", prefixed("CERTCTL_EJBCA_", "API_URL", "AUTH_MODE", "CLIENT_CERT_PATH", "CLIENT_KEY_PATH", "TOKEN", "CA_NAME")},
}

func prefixed(prefix string, names ...string) map[string]string {
	settings := map[string]string{}
	for _, name := range names {
		settings[strings.ToLower(name)] = prefix + name
	}
	return settings
}

func (row seedRow) config(env config.Environment) map[string]string {
	values := map[string]string{}
	for key, variable := range row.settings {
		if value := env(variable); value != "" {
			values[key] = value
		}
	}
	if row.kind == "acme" && values["challenge_type"] == "" {
		values["challenge_type"] = "http-01"
	}
	return values
}

// Seed writes the issuers of the environment into an empty table, once in the life of a database: later
// values of the variables have no effect (facts: issuers-are-seeded-once). Replicas that start together all
// try, and all but one log duplicates (facts: several-servers).
func Seed(ctx context.Context, db *sql.DB, settings config.Config, log *slog.Logger) error {
	var filled bool
	if err := db.QueryRowContext(ctx, "SELECT EXISTS (SELECT FROM issuers)").Scan(&filled); err != nil || filled {
		return err
	}
	sealer := Cipher{Passphrase: settings.EncryptionKey}
	for _, row := range seedRows {
		if row.when != "" && settings.Environment(row.when) == "" {
			continue
		}
		issuer := Issuer{ID: row.id, Name: row.name, Type: row.kind, Config: row.config(settings.Environment), Enabled: true, Source: "env"}
		if err := insert(ctx, db, sealer, issuer); err != nil {
			log.Warn("issuer not seeded", "issuer", row.id, "error", err.Error())
		}
	}
	return nil
}

// insert keeps secrets out of the clear column, unless there is no key to seal them with (facts:
// refusals-to-start).
func insert(ctx context.Context, db *sql.DB, sealer Cipher, issuer Issuer) error {
	plain, err := json.Marshal(issuer.Config)
	if err != nil {
		return err
	}
	shown, sealed := plain, []byte(nil)
	if sealer.Passphrase != "" {
		if sealed, err = sealer.Seal(plain); err != nil {
			return err
		}
		if shown, err = json.Marshal(issuer.redacted()); err != nil {
			return err
		}
	}
	_, err = db.ExecContext(ctx,
		"INSERT INTO issuers (id, name, type, config, encrypted_config, source, enabled) VALUES ($1, $2, $3, $4, $5, $6, $7)",
		issuer.ID, issuer.Name, issuer.Type, string(shown), sealed, issuer.Source, issuer.Enabled)
	if err != nil {
		return fmt.Errorf("issuer %s: %w", issuer.ID, err)
	}
	return nil
}

// redacted hides what looks like a secret; paths to files are not secrets.
func (issuer Issuer) redacted() map[string]string {
	shown := maps.Clone(issuer.Config)
	for key := range shown {
		secret := strings.Contains(key, "password") || strings.Contains(key, "token") || strings.Contains(key, "secret") || strings.HasSuffix(key, "api_key")
		if secret {
			shown[key] = "********"
		}
	}
	return shown
}
