package config

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Files opens the files that settings name. Root is the stand-in's own CONTRACT_ROOT: with it a test lays out
// a pod's mounts below a temporary folder and starts the program with the pod's environment as it was
// rendered.
type Files struct{ Root string }

// Path is where a file named by a setting really is.
func (files Files) Path(name string) string {
	if files.Root == "" || !filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(files.Root, name)
}

func (files Files) Read(name string) ([]byte, error) { return os.ReadFile(files.Path(name)) }

// KeyPair reads a certificate and its private key, and fails when they do not belong together.
func (files Files) KeyPair(certificate, key string) (tls.Certificate, error) {
	certificatePEM, err := files.Read(certificate)
	if err != nil {
		return tls.Certificate{}, err
	}
	keyPEM, err := files.Read(key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.X509KeyPair(certificatePEM, keyPEM)
}

// TrustBundle reads the certificates of a PEM file: at least one, none expired.
func (files Files) TrustBundle(name string, now time.Time) ([]*x509.Certificate, error) {
	rest, err := files.Read(name)
	if err != nil {
		return nil, err
	}
	var bundle []*x509.Certificate
	for {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if now.After(certificate.NotAfter) {
			return nil, fmt.Errorf("%s: the certificate of %q expired on %s", name, certificate.Subject.CommonName, certificate.NotAfter.Format(time.DateOnly))
		}
		bundle = append(bundle, certificate)
	}
	if len(bundle) == 0 {
		return nil, errors.New(name + ": no PEM certificate in it")
	}
	return bundle, nil
}

// CAPair is a KeyPair whose certificate may sign others and is in date (facts: issuers-are-seeded-once).
func (files Files) CAPair(certificate, key string, now time.Time) (tls.Certificate, error) {
	pair, err := files.KeyPair(certificate, key)
	switch {
	case err != nil:
		return pair, err
	case !pair.Leaf.IsCA:
		return pair, errors.New(certificate + " is not a CA certificate")
	case now.Before(pair.Leaf.NotBefore) || now.After(pair.Leaf.NotAfter):
		return pair, fmt.Errorf("%s is valid from %s to %s only", certificate,
			pair.Leaf.NotBefore.Format(time.DateOnly), pair.Leaf.NotAfter.Format(time.DateOnly))
	}
	return pair, nil
}
