// Package logging writes JSON lines on stdout, whatever CERTCTL_LOG_FORMAT says (facts: the-images).
package logging

import (
	"io"
	"log/slog"
)

// New makes a logger; a level that is not known is info, so that a refusal of the level itself is still told.
func New(out io.Writer, level string) *slog.Logger {
	var minimum slog.Level
	if minimum.UnmarshalText([]byte(level)) != nil {
		minimum = slog.LevelInfo
	}
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: minimum}))
}
