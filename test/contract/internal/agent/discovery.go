package agent

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

const (
	discoveryInterval   = 6 * time.Hour // (facts: agent-settings)
	largestDiscoverable = 1 << 20
)

// discover reads the folders at start and every six hours. The stand-in reports what it could read in its
// log, and not to the server.
func (settings Settings) discover(ctx context.Context, log *slog.Logger) {
	for {
		for _, folder := range settings.DiscoveryFolders {
			files, certificates, err := countCertificates(settings.Files.Path(folder))
			if err != nil {
				log.Error("discovery failed", "folder", folder, "error", err.Error())
				continue
			}
			log.Info("discovery", "folder", folder, "files", files, "certificates", certificates)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(discoveryInterval):
		}
	}
}

func countCertificates(folder string) (files, certificates int, err error) {
	err = filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := os.Stat(path) // certificates are often symbolic links
		if err != nil || !info.Mode().IsRegular() || info.Size() > largestDiscoverable {
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		certificates += bytes.Count(content, []byte("-----BEGIN CERTIFICATE-----"))
		return nil
	})
	return files, certificates, err
}
