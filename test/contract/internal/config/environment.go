// Package config reads the environment with certctl's rules and knows every refusal
// (facts: refusals-to-start) that needs no database.
package config

import (
	"os"
	"strconv"
	"strings"
	"time"
)

// Environment looks up one variable. An empty string is the same as an unset
// variable, and a value that cannot be read is replaced by the default without a word
// (facts: how-values-are-read). The silence is the point: a deployment must not rely on an error.
type Environment func(name string) string

// ProcessEnvironment is the environment this process was started with.
func ProcessEnvironment() Environment { return os.Getenv }

func (env Environment) Text(name, fallback string) string {
	if value := env(name); value != "" {
		return value
	}
	return fallback
}

func (env Environment) Int(name string, fallback int) int {
	if value, err := strconv.Atoi(env(name)); err == nil {
		return value
	}
	return fallback
}

func (env Environment) Float(name string, fallback float64) float64 {
	if value, err := strconv.ParseFloat(env(name), 64); err == nil {
		return value
	}
	return fallback
}

func (env Environment) Duration(name string, fallback time.Duration) time.Duration {
	if value, err := time.ParseDuration(env(name)); err == nil {
		return value
	}
	return fallback
}

// Bool is true for exactly true, 1 and yes. Every other word, also TRUE and on, is false, even where the
// default is true.
func (env Environment) Bool(name string, fallback bool) bool {
	switch env(name) {
	case "":
		return fallback
	case "true", "1", "yes":
		return true
	}
	return false
}

// List splits a comma list and drops empty entries.
func (env Environment) List(name string) []string {
	var entries []string
	for entry := range strings.SplitSeq(env(name), ",") {
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	return entries
}
