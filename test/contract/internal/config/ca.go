package config

// The CA pair puts iss-local into sub-CA mode. Both or none (facts: issuers-are-seeded-once); the certificate
// must be a CA, and in date. The facts do not say what a bad pair does; the stand-in refuses, so that a
// deployment shows the fault at once.

func checkCAPairSet(config *Config, refuse func(string, string, ...any)) {
	if config.CACertificatePath == "" && config.CAKeyPath != "" {
		refuse("CERTCTL_CA_CERT_PATH", "is required with CERTCTL_CA_KEY_PATH: both or none")
	}
	if config.CACertificatePath != "" && config.CAKeyPath == "" {
		refuse("CERTCTL_CA_KEY_PATH", "is required with CERTCTL_CA_CERT_PATH: both or none")
	}
}

func checkCAPairFiles(config *Config, refuse func(string, string, ...any)) {
	if config.CACertificatePath == "" || config.CAKeyPath == "" {
		return
	}
	if _, err := config.Files.CAPair(config.CACertificatePath, config.CAKeyPath, config.Now()); err != nil {
		refuse("CERTCTL_CA_CERT_PATH", "and CERTCTL_CA_KEY_PATH are not a CA pair: %v", err)
	}
}
