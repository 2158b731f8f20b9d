package agent

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// errRetired is the answer 410: this agent was retired, and its process ends with exit code 0
// (facts: agent-behaviour).
var errRetired = errors.New("this agent was retired")

type client struct {
	http     *http.Client
	settings Settings
}

type job struct {
	ID            string `json:"id"`
	Type          string `json:"type"`
	CertificateID string `json:"certificate_id"`
}

func newClient(settings Settings) (*client, error) {
	trust, err := settings.trust()
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: trust, ForceAttemptHTTP2: true, IdleConnTimeout: 90 * time.Second}
	return &client{http: &http.Client{Transport: transport, Timeout: 30 * time.Second}, settings: settings}, nil
}

func (client *client) heartbeat(ctx context.Context) error {
	return client.call(ctx, http.MethodPost, "/heartbeat", map[string]string{"name": client.settings.Name}, nil)
}

func (client *client) work(ctx context.Context) ([]job, error) {
	var answer struct {
		Jobs []job `json:"jobs"`
	}
	err := client.call(ctx, http.MethodGet, "/work", nil, &answer)
	return answer.Jobs, err
}

func (client *client) report(ctx context.Context, job job, failure error) error {
	report := map[string]string{"status": "Completed"}
	if failure != nil {
		report = map[string]string{"status": "Failed", "error": failure.Error()}
	}
	return client.call(ctx, http.MethodPost, "/jobs/"+url.PathEscape(job.ID)+"/status", report, nil)
}

func (client *client) call(ctx context.Context, method, path string, body, answer any) error {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return err
		}
		content = bytes.NewReader(encoded)
	}
	address := strings.TrimSuffix(client.settings.ServerURL, "/") + "/api/v1/agents/" + url.PathEscape(client.settings.ID) + path
	request, err := http.NewRequestWithContext(ctx, method, address, content)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+client.settings.APIKey)
	request.Header.Set("Content-Type", "application/json")
	response, err := client.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	switch {
	case response.StatusCode == http.StatusGone:
		return errRetired
	case response.StatusCode >= 300:
		return fmt.Errorf("%s %s: %s: %s", method, path, response.Status, strings.TrimSpace(string(text)))
	case err != nil || answer == nil:
		return err
	}
	return json.Unmarshal(text, answer)
}
