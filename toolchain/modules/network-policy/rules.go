package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// pod is what a policy can say about a pod that has an address on this node.
type pod struct {
	namespace string
	address   string
	labels    labels.Set
	ports     []corev1.ContainerPort
}

// cluster is all that the rules follow from.
type cluster struct {
	podRange   string
	pods       []pod
	namespaces map[string]labels.Set
	policies   []*networkingv1.NetworkPolicy
}

const table = "certctl-network-policy"

// ruleset is the input of `nft -f -` that makes the node enforce the policies, in one transaction. Traffic of
// the node itself (probes) passes: it leaves through the output hook, which has no chain here.
func ruleset(from cluster) (string, error) {
	ingress, egress, err := podChains(from)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	line := func(format string, values ...any) { fmt.Fprintf(&out, format+"\n", values...) }

	line("add table ip %s", table)
	line("delete table ip %s", table)
	line("table ip %s {", table)
	line("  set pods { type ipv4_addr; %s}", elements(addresses(from.pods)))
	line("  map ingress { type ipv4_addr : verdict; %s}", elements(jumps("ingress", ingress)))
	line("  map egress { type ipv4_addr : verdict; %s}", elements(jumps("egress", egress)))
	for _, direction := range []struct {
		name   string
		chains map[string][]string
	}{{"ingress", ingress}, {"egress", egress}} {
		for _, address := range sortedKeys(direction.chains) {
			line("  chain %s-%s {", direction.name, address)
			for _, rule := range direction.chains[address] {
				line("    %s return", rule)
			}
			line("    counter drop")
			line("  }")
		}
	}
	line("  chain forward {")
	line("    type filter hook forward priority filter; policy accept;")
	line("    ct state established,related accept")
	// An address whose policies are not known is nobody's: a pod gets its own when the plugin has reported it,
	// before it runs.
	line("    ip saddr %s ip saddr != @pods counter drop", from.podRange)
	line("    ip daddr %s ip daddr != @pods counter reject with icmp host-unreachable", from.podRange)
	line("    ip saddr vmap @egress")
	line("    ip daddr vmap @ingress")
	line("  }")
	// From a pod to the node: the API server, for one.
	line("  chain input {")
	line("    type filter hook input priority filter; policy accept;")
	line("    ct state established,related accept")
	line("    ip saddr %s ip saddr != @pods counter drop", from.podRange)
	line("    ip saddr vmap @egress")
	line("  }")
	line("}")
	return out.String(), nil
}

// podChains has, by the address of each pod that a policy isolates, the matches of the traffic that is
// allowed.
func podChains(from cluster) (ingress, egress map[string][]string, err error) {
	ingress, egress = map[string][]string{}, map[string][]string{}
	for _, policy := range from.policies {
		selected, err := selectPods(from.pods, policy.Namespace, &policy.Spec.PodSelector)
		if err != nil {
			return nil, nil, policyError(policy, err)
		}
		for _, own := range selected {
			if slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeIngress) {
				allowed := isolate(ingress, own, "daddr")
				for _, rule := range policy.Spec.Ingress {
					matches, err := allow(from, policy.Namespace, "saddr", rule.From, rule.Ports, []pod{own})
					if err != nil {
						return nil, nil, policyError(policy, err)
					}
					allowed = append(allowed, matches...)
				}
				ingress[own.address] = allowed
			}
			if slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeEgress) {
				allowed := isolate(egress, own, "saddr")
				for _, rule := range policy.Spec.Egress {
					matches, err := allow(from, policy.Namespace, "daddr", rule.To, rule.Ports, nil)
					if err != nil {
						return nil, nil, policyError(policy, err)
					}
					allowed = append(allowed, matches...)
				}
				egress[own.address] = allowed
			}
		}
	}
	return ingress, egress, nil
}

func policyError(policy *networkingv1.NetworkPolicy, err error) error {
	return fmt.Errorf("network policy %s/%s: %w", policy.Namespace, policy.Name, err)
}

// isolate has the matches of a pod so far; the first is for what it sends to itself through a Service, which
// no policy can refuse.
func isolate(chains map[string][]string, own pod, side string) []string {
	if allowed, found := chains[own.address]; found {
		return allowed
	}
	other := map[string]string{"saddr": "daddr", "daddr": "saddr"}[side]
	return []string{fmt.Sprintf("ip %s %s", other, own.address)}
}

// allow is one rule of a policy as matches. Named ports are those of `namedOn`, or, when it is nil, of each
// peer.
func allow(from cluster, namespace, side string, peers []networkingv1.NetworkPolicyPeer, ports []networkingv1.NetworkPolicyPort, namedOn []pod) ([]string, error) {
	everyone := []peer{{covers: func(pod) bool { return true }}}
	matched := everyone
	if len(peers) > 0 {
		var err error
		if matched, err = resolvePeers(from, namespace, side, peers); err != nil {
			return nil, err
		}
	}
	var matches []string
	for _, one := range matched {
		if len(ports) == 0 {
			matches = append(matches, strings.TrimSpace(one.match+" counter"))
		}
		for _, port := range ports {
			if port.Port == nil || port.Port.Type == intstr.Int {
				matches = append(matches, join(one.match, portMatch(port)))
				continue
			}
			if namedOn != nil {
				for _, number := range numbersOf(port, namedOn) {
					matches = append(matches, join(one.match, fmt.Sprintf("%s dport %d", protocol(port), number)))
				}
				continue
			}
			for _, target := range from.pods {
				if !one.covers(target) {
					continue
				}
				for _, number := range numbersOf(port, []pod{target}) {
					matches = append(matches, fmt.Sprintf("ip %s %s %s dport %d", side, target.address, protocol(port), number))
				}
			}
		}
	}
	return matches, nil
}

// peer is a match of addresses, and whether it covers a pod.
type peer struct {
	match  string
	covers func(pod) bool
}

func resolvePeers(from cluster, namespace, side string, given []networkingv1.NetworkPolicyPeer) ([]peer, error) {
	var peers []peer
	for _, one := range given {
		if one.IPBlock != nil {
			block, err := blockPeer(side, one.IPBlock)
			if err != nil {
				return nil, err
			}
			peers = append(peers, block)
			continue
		}
		selected, err := peerPods(from, namespace, one)
		if err != nil {
			return nil, err
		}
		if len(selected) == 0 {
			continue
		}
		list := addresses(selected)
		peers = append(peers, peer{
			match:  fmt.Sprintf("ip %s { %s }", side, strings.Join(list, ", ")),
			covers: func(candidate pod) bool { return slices.Contains(list, candidate.address) },
		})
	}
	return peers, nil
}

func blockPeer(side string, block *networkingv1.IPBlock) (peer, error) {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil {
		return peer{}, err
	}
	if !prefix.Addr().Is4() {
		return peer{match: fmt.Sprintf("ip %s 255.255.255.255", side), covers: func(pod) bool { return false }}, nil
	}
	match := fmt.Sprintf("ip %s %s", side, prefix.Masked())
	var except []netip.Prefix
	for _, text := range block.Except {
		excluded, err := netip.ParsePrefix(text)
		if err != nil {
			return peer{}, err
		}
		except = append(except, excluded)
		match += fmt.Sprintf(" ip %s != %s", side, excluded.Masked())
	}
	covers := func(candidate pod) bool {
		address, err := netip.ParseAddr(candidate.address)
		inside := func(one netip.Prefix) bool { return one.Contains(address) }
		return err == nil && inside(prefix) && !slices.ContainsFunc(except, inside)
	}
	return peer{match: match, covers: covers}, nil
}

func peerPods(from cluster, namespace string, given networkingv1.NetworkPolicyPeer) ([]pod, error) {
	podSelector := given.PodSelector
	if podSelector == nil {
		podSelector = &metav1.LabelSelector{}
	}
	if given.NamespaceSelector == nil {
		return selectPods(from.pods, namespace, podSelector)
	}
	namespaces, err := metav1.LabelSelectorAsSelector(given.NamespaceSelector)
	if err != nil {
		return nil, err
	}
	var selected []pod
	for _, name := range sortedKeys(from.namespaces) {
		if !namespaces.Matches(from.namespaces[name]) {
			continue
		}
		inNamespace, err := selectPods(from.pods, name, podSelector)
		if err != nil {
			return nil, err
		}
		selected = append(selected, inNamespace...)
	}
	return selected, nil
}

func selectPods(pods []pod, namespace string, given *metav1.LabelSelector) ([]pod, error) {
	selector, err := metav1.LabelSelectorAsSelector(given)
	if err != nil {
		return nil, err
	}
	var selected []pod
	for _, one := range pods {
		if one.namespace == namespace && selector.Matches(one.labels) {
			selected = append(selected, one)
		}
	}
	return selected, nil
}
