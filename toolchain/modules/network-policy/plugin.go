package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"time"
)

// pluginConfig is what the container runtime writes to a CNI plugin's standard input.
type pluginConfig struct {
	CNIVersion string          `json:"cniVersion"`
	Socket     string          `json:"socket"`
	Previous   json.RawMessage `json:"prevResult"`
}

// sandbox is a pod's network as the runtime made it: its identity there, and what it was given.
type sandbox struct {
	ContainerID string `json:"containerID"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	UID         string `json:"uid"`
	Address     string `json:"address"`
}

// runPlugin is the CNI plugin behind the one that makes the pod's link. It returns when the enforcer has
// applied what holds for the pod: no container of it runs before.
func runPlugin(command string) error {
	if command == "VERSION" {
		fmt.Println(`{"cniVersion":"1.0.0","supportedVersions":["0.3.1","0.4.0","1.0.0"]}`)
		return nil
	}
	var config pluginConfig
	if err := json.NewDecoder(os.Stdin).Decode(&config); err != nil {
		return pluginFailed(config, err)
	}
	client := &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "unix", config.Socket)
		},
	}}
	switch command {
	case "ADD":
		if err := add(client, config); err != nil {
			return pluginFailed(config, err)
		}
		os.Stdout.Write(config.Previous)
	case "DEL":
		// An enforcer that is gone has no rules to take back.
		_ = call(client, http.MethodDelete, "/sandboxes/"+os.Getenv("CNI_CONTAINERID"), nil)
	}
	return nil
}

func add(client *http.Client, config pluginConfig) error {
	address, err := firstAddress(config.Previous)
	if err != nil {
		return err
	}
	args := pluginArgs(os.Getenv("CNI_ARGS"))
	body, err := json.Marshal(sandbox{
		ContainerID: os.Getenv("CNI_CONTAINERID"),
		Namespace:   args["K8S_POD_NAMESPACE"],
		Name:        args["K8S_POD_NAME"],
		UID:         args["K8S_POD_UID"],
		Address:     address,
	})
	if err != nil {
		return err
	}
	return call(client, http.MethodPost, "/sandboxes", body)
}

func call(client *http.Client, method, path string, body []byte) error {
	request, err := http.NewRequest(method, "http://enforcer"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= 300 {
		text, _ := io.ReadAll(response.Body)
		return errors.New(strings.TrimSpace(string(text)))
	}
	return nil
}

// pluginFailed answers as CNI wants it: the error is on standard output.
func pluginFailed(config pluginConfig, err error) error {
	answer := map[string]any{"cniVersion": config.CNIVersion, "code": 100, "msg": "network-policy: " + err.Error()}
	_ = json.NewEncoder(os.Stdout).Encode(answer)
	return err
}

func firstAddress(previous json.RawMessage) (string, error) {
	var result struct {
		IPs []struct {
			Address string `json:"address"`
		} `json:"ips"`
	}
	if err := json.Unmarshal(previous, &result); err != nil {
		return "", fmt.Errorf("prevResult: %w", err)
	}
	for _, one := range result.IPs {
		if prefix, err := netip.ParsePrefix(one.Address); err == nil && prefix.Addr().Is4() {
			return prefix.Addr().String(), nil
		}
	}
	return "", errors.New("prevResult has no IPv4 address")
}

// pluginArgs reads `K8S_POD_NAME=a;K8S_POD_NAMESPACE=b`.
func pluginArgs(text string) map[string]string {
	args := map[string]string{}
	for pair := range strings.SplitSeq(text, ";") {
		if name, value, found := strings.Cut(pair, "="); found {
			args[name] = value
		}
	}
	return args
}
