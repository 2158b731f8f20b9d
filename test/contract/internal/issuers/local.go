package issuers

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"time"

	"certctl.test/contract/internal/config"
)

type localCA struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

// newLocalCA reads the pair whose paths were stored at first boot, or makes a root that lives and dies with
// this process: without a pair, every replica and every restart has a CA of its own (facts: the-local-ca).
func newLocalCA(values map[string]string, settings config.Config) (*localCA, error) {
	if values["ca_cert_path"] == "" {
		return ephemeralCA(settings.Now())
	}
	pair, err := settings.Files.CAPair(values["ca_cert_path"], values["ca_key_path"], settings.Now())
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(crypto.Signer)
	if !ok {
		return nil, errors.New("the CA key cannot sign")
	}
	return &localCA{certificate: pair.Leaf, key: key}, nil
}

func ephemeralCA(now time.Time) (*localCA, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "ephemeral local CA"},
		NotBefore: now.Add(-time.Minute), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	return &localCA{certificate: certificate, key: key}, nil
}

// GenerateCRLs puts a list of each loaded local CA into the cache. It stays there for servers that did not
// load the issuer, which is why the CRL does not tell a wrong encryption key (facts:
// the-encryption-key).
func (registry *Registry) GenerateCRLs(ctx context.Context) error {
	registry.lock.RLock()
	authorities := map[string]*localCA{}
	for id, issuer := range registry.loaded {
		if issuer.local != nil {
			authorities[id] = issuer.local
		}
	}
	registry.lock.RUnlock()
	var failures []error
	for id, authority := range authorities {
		now := registry.settings.Now()
		der, err := x509.CreateRevocationList(rand.Reader,
			&x509.RevocationList{Number: big.NewInt(now.Unix()), ThisUpdate: now, NextUpdate: now.AddDate(0, 0, 7)}, authority.certificate, authority.key)
		if err == nil {
			_, err = registry.db.ExecContext(ctx,
				"INSERT INTO crl_cache (issuer_id, crl_der) VALUES ($1, $2) ON CONFLICT (issuer_id) DO UPDATE SET crl_der = $2, generated_at = now()", id, der)
		}
		failures = append(failures, err)
	}
	return errors.Join(failures...)
}
