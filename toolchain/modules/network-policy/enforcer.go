package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
)

type options struct{ kubeconfig, podRange, socket, state, health string }

// enforcer applies what follows from the reported pods and the watched objects.
type enforcer struct {
	options options
	objects *objects

	mutex     sync.Mutex
	sandboxes map[string]sandbox // by container ID
	applied   string
	failure   error
}

func run(ctx context.Context, given options) error {
	enforcer := &enforcer{options: given, sandboxes: map[string]sandbox{}}
	if err := enforcer.load(); err != nil {
		return err
	}
	changed := make(chan struct{}, 1)
	objects, err := watch(ctx, given.kubeconfig, func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		return err
	}
	enforcer.objects = objects
	if err := enforcer.apply(); err != nil {
		return err
	}
	if err := enforcer.serve(ctx); err != nil {
		return err
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			// A burst of changes (a rollout, a namespace that is deleted) is one transaction.
			time.Sleep(10 * time.Millisecond)
			if err := enforcer.apply(); err != nil {
				slog.Error("the rules could not be applied; the ones before stay", "error", err)
			}
		}
	}
}

func (e *enforcer) serve(ctx context.Context) error {
	if err := os.Remove(e.options.socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	socket, err := net.Listen("unix", e.options.socket)
	if err != nil {
		return err
	}
	health, err := net.Listen("tcp", e.options.health)
	if err != nil {
		return err
	}
	plugin := http.NewServeMux()
	plugin.HandleFunc("POST /sandboxes", e.addSandbox)
	plugin.HandleFunc("DELETE /sandboxes/{id}", e.removeSandbox)
	probe := http.NewServeMux()
	probe.HandleFunc("GET /healthz", func(response http.ResponseWriter, _ *http.Request) {
		e.mutex.Lock()
		defer e.mutex.Unlock()
		if e.failure != nil {
			http.Error(response, e.failure.Error(), http.StatusInternalServerError)
		}
	})
	for listener, handler := range map[net.Listener]http.Handler{socket: plugin, health: probe} {
		server := &http.Server{Handler: handler}
		go func() { _ = server.Serve(listener) }()
		context.AfterFunc(ctx, func() { _ = server.Close() })
	}
	return nil
}

func (e *enforcer) addSandbox(response http.ResponseWriter, request *http.Request) {
	var reported sandbox
	if err := json.NewDecoder(request.Body).Decode(&reported); err != nil {
		http.Error(response, err.Error(), http.StatusBadRequest)
		return
	}
	if err := e.objects.awaitPod(request.Context(), reported); err != nil {
		http.Error(response, err.Error(), http.StatusServiceUnavailable)
		return
	}
	e.mutex.Lock()
	// The runtime gives an address to one pod at a time: another that had it is gone.
	maps.DeleteFunc(e.sandboxes, func(_ string, other sandbox) bool { return other.Address == reported.Address })
	e.sandboxes[reported.ContainerID] = reported
	e.mutex.Unlock()
	if err := errors.Join(e.save(), e.apply()); err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
	}
}

func (e *enforcer) removeSandbox(response http.ResponseWriter, request *http.Request) {
	e.mutex.Lock()
	delete(e.sandboxes, request.PathValue("id"))
	e.mutex.Unlock()
	if err := errors.Join(e.save(), e.apply()); err != nil {
		http.Error(response, err.Error(), http.StatusInternalServerError)
	}
}

// apply makes the kernel's rules those that hold now, unless they are already.
func (e *enforcer) apply() error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	rules, err := ruleset(e.cluster())
	if err == nil && rules != e.applied {
		since := time.Now()
		if err = nft(rules); err == nil {
			e.applied = rules
			slog.Info("applied", "pods", len(e.sandboxes), "milliseconds", time.Since(since).Milliseconds())
		}
	}
	e.failure = err
	return err
}

func (e *enforcer) cluster() cluster {
	from := cluster{podRange: e.options.podRange, namespaces: e.objects.namespaces(), policies: e.objects.policies()}
	for _, id := range slices.Sorted(maps.Keys(e.sandboxes)) {
		one := e.sandboxes[id]
		// A pod that was removed by force may still run here for a while. Nothing says what it may do, so it may do
		// nothing.
		object := e.objects.pod(one)
		if object == nil {
			continue
		}
		from.pods = append(from.pods, pod{one.Namespace, one.Address, labels.Set(object.Labels), containerPorts(object)})
	}
	return from
}

func containerPorts(object *corev1.Pod) []corev1.ContainerPort {
	var ports []corev1.ContainerPort
	for _, container := range object.Spec.Containers {
		ports = append(ports, container.Ports...)
	}
	// Sidecars are init containers that stay.
	for _, container := range object.Spec.InitContainers {
		ports = append(ports, container.Ports...)
	}
	return ports
}

func nft(rules string) error {
	command := exec.Command("nft", "-f", "-")
	command.Stdin = strings.NewReader(rules)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s\n%s", err, output, rules)
	}
	return nil
}

func (e *enforcer) load() error {
	text, err := os.ReadFile(e.options.state)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, &e.sandboxes)
}

func (e *enforcer) save() error {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	text, err := json.Marshal(e.sandboxes)
	if err != nil {
		return err
	}
	if err := os.WriteFile(e.options.state+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(e.options.state+".new", e.options.state)
}
