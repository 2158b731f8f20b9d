package issuers

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"errors"
)

// rounds cost about 0.3 s of CPU for each row that is opened, at each boot (facts: boot-order): a start-up
// probe must leave room for it.
const (
	rounds     = 600_000
	saltLength = 16
)

var errSealed = errors.New("it cannot be opened with this CERTCTL_CONFIG_ENCRYPTION_KEY")

// Cipher seals configurations with AES-256-GCM under a key derived from CERTCTL_CONFIG_ENCRYPTION_KEY.
type Cipher struct{ Passphrase string }

func (sealer Cipher) Seal(plain []byte) ([]byte, error) {
	salt := make([]byte, saltLength)
	if _, err := rand.Read(salt); err != nil {
		return nil, err
	}
	aead, err := sealer.aead(salt)
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return aead.Seal(append(salt, nonce...), nonce, plain, nil), nil
}

func (sealer Cipher) Open(sealed []byte) ([]byte, error) {
	if sealer.Passphrase == "" || len(sealed) < saltLength {
		return nil, errSealed
	}
	aead, err := sealer.aead(sealed[:saltLength])
	if err != nil {
		return nil, err
	}
	rest := sealed[saltLength:]
	if len(rest) < aead.NonceSize() {
		return nil, errSealed
	}
	plain, err := aead.Open(nil, rest[:aead.NonceSize()], rest[aead.NonceSize():], nil)
	if err != nil {
		return nil, errSealed
	}
	return plain, nil
}

func (sealer Cipher) aead(salt []byte) (cipher.AEAD, error) {
	key, err := pbkdf2.Key(sha256.New, sealer.Passphrase, salt, rounds, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
