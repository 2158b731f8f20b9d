package agent

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

var errEmptyBundle = errors.New("no PEM certificate in it")

// hardenKeyDirectory makes the directory with mode 0700, or gives it that mode. A directory of another owner,
// such as the mount point of a volume, cannot be changed, and every job that needs a key then fails (facts:
// key-directory).
func (settings Settings) hardenKeyDirectory() error {
	folder := settings.Files.Path(settings.KeyDirectory)
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("key dir hardening failed: %w", err)
	}
	if err := os.Chmod(folder, 0o700); err != nil {
		return fmt.Errorf("key dir hardening failed: %w", err)
	}
	return nil
}

// ensureKey makes <key dir>/<certificate id>.key (0600) unless it is there: a deployment needs the key again,
// so it must last (facts: agent-behaviour).
func (settings Settings) ensureKey(certificate string) (made bool, err error) {
	if err := settings.hardenKeyDirectory(); err != nil {
		return false, err
	}
	path := filepath.Join(settings.Files.Path(settings.KeyDirectory), filepath.Base(certificate)+".key")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return false, err
	}
	der, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		return false, err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	defer file.Close()
	return true, pem.Encode(file, &pem.Block{Type: "EC PRIVATE KEY", Bytes: der})
}
