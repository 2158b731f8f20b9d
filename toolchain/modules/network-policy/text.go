package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

func protocol(port networkingv1.NetworkPolicyPort) string {
	if port.Protocol == nil {
		return "tcp"
	}
	return strings.ToLower(string(*port.Protocol))
}

// portMatch is for a port that is not a name.
func portMatch(port networkingv1.NetworkPolicyPort) string {
	switch {
	case port.Port == nil:
		return "meta l4proto " + protocol(port)
	case port.EndPort != nil:
		return fmt.Sprintf("%s dport %d-%d", protocol(port), port.Port.IntVal, *port.EndPort)
	default:
		return fmt.Sprintf("%s dport %d", protocol(port), port.Port.IntVal)
	}
}

// numbersOf has the container ports that have the port's name on these pods.
func numbersOf(port networkingv1.NetworkPolicyPort, pods []pod) []int32 {
	var numbers []int32
	for _, one := range pods {
		for _, declared := range one.ports {
			spoken := declared.Protocol
			if spoken == "" {
				spoken = corev1.ProtocolTCP
			}
			if declared.Name == port.Port.StrVal && strings.EqualFold(string(spoken), protocol(port)) {
				numbers = append(numbers, declared.ContainerPort)
			}
		}
	}
	return numbers
}

func addresses(pods []pod) []string {
	var list []string
	for _, one := range pods {
		list = append(list, one.address)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

func jumps(direction string, chains map[string][]string) []string {
	var list []string
	for _, address := range sortedKeys(chains) {
		list = append(list, fmt.Sprintf("%s : jump %s-%s", address, direction, address))
	}
	return list
}

// elements is empty for an empty list: nft refuses `elements = { }`.
func elements(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return fmt.Sprintf("elements = { %s }; ", strings.Join(list, ", "))
}

func join(parts ...string) string {
	return strings.TrimSpace(strings.Join(parts, " "))
}

func sortedKeys[V any](from map[string]V) []string {
	return slices.Sorted(maps.Keys(from))
}
