package main

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/yaml"
)

var testPods = []pod{
	{"shop", "10.0.0.1", labels.Set{"app": "db"}, []corev1.ContainerPort{{Name: "sql", ContainerPort: 5432}}},
	{"shop", "10.0.0.2", labels.Set{"app": "web", "tier": "front"}, []corev1.ContainerPort{{Name: "http", ContainerPort: 8080}}},
	{"shop", "10.0.0.3", labels.Set{"app": "web", "tier": "back"}, []corev1.ContainerPort{{Name: "http", ContainerPort: 9090}}},
	{"metrics", "10.0.0.4", labels.Set{"app": "prometheus"}, nil},
	{"kube-system", "10.0.0.5", labels.Set{"k8s-app": "kube-dns"}, []corev1.ContainerPort{{Name: "dns", ContainerPort: 53, Protocol: "UDP"}}},
}

var testNamespaces = map[string]labels.Set{
	"shop":        {"kubernetes.io/metadata.name": "shop"},
	"metrics":     {"kubernetes.io/metadata.name": "metrics", "team": "ops"},
	"kube-system": {"kubernetes.io/metadata.name": "kube-system"},
}

func TestChains(t *testing.T) {
	const own1 = "ip saddr 10.0.0.1 return"
	for _, test := range []struct {
		name  string
		specs []string
		want  map[string][]string
	}{
		{"no policy isolates nobody", nil, map[string][]string{}},
		{
			"a policy without rules refuses everything but the pod's own",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress]}`},
			map[string][]string{"ingress-10.0.0.1": {own1}},
		},
		{
			"a rule without peers and ports allows everything",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{}]}`},
			map[string][]string{"ingress-10.0.0.1": {own1, "counter return"}},
		},
		{
			"peers by pod selector are of the policy's namespace, with number, range and protocol of ports",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {}}],
				ports: [{port: 5432}, {port: 6000, endPort: 6010}, {protocol: UDP, port: 53}, {protocol: SCTP}]}]}`},
			map[string][]string{"ingress-10.0.0.1": {
				own1,
				"ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } tcp dport 5432 return",
				"ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } tcp dport 6000-6010 return",
				"ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } udp dport 53 return",
				"ip saddr { 10.0.0.1, 10.0.0.2, 10.0.0.3 } meta l4proto sctp return",
			}},
		},
		{
			"a namespace selector takes all its pods; together with a pod selector both have to match",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [
				{from: [{namespaceSelector: {matchLabels: {team: ops}}}]},
				{from: [{namespaceSelector: {}, podSelector: {matchExpressions: [{key: tier, operator: In, values: [back]}]}}]}]}`},
			map[string][]string{"ingress-10.0.0.1": {
				own1, "ip saddr { 10.0.0.4 } counter return", "ip saddr { 10.0.0.3 } counter return",
			}},
		},
		{
			"peers that match no pod allow nobody",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [{from: [{podSelector: {matchLabels: {app: none}}}]}]}`},
			map[string][]string{"ingress-10.0.0.1": {own1}},
		},
		{
			"an address block has exceptions",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress], ingress: [
				{from: [{ipBlock: {cidr: 192.168.0.0/16, except: [192.168.1.0/24, 192.168.2.0/24]}}], ports: [{port: 5432}]}]}`},
			map[string][]string{"ingress-10.0.0.1": {
				own1, "ip saddr 192.168.0.0/16 ip saddr != 192.168.1.0/24 ip saddr != 192.168.2.0/24 tcp dport 5432 return",
			}},
		},
		{
			"a named port of ingress is the selected pod's",
			[]string{`{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress], ingress: [{ports: [{port: http}]}]}`},
			map[string][]string{
				"ingress-10.0.0.2": {"ip saddr 10.0.0.2 return", "tcp dport 8080 return"},
				"ingress-10.0.0.3": {"ip saddr 10.0.0.3 return", "tcp dport 9090 return"},
			},
		},
		{
			"a named port of egress is each peer's, and only with its protocol",
			[]string{`{podSelector: {matchLabels: {app: db}}, policyTypes: [Egress], egress: [
				{to: [{podSelector: {matchLabels: {app: web}}}], ports: [{port: http}]},
				{to: [{namespaceSelector: {}}], ports: [{port: dns, protocol: UDP}, {port: dns, protocol: TCP}]}]}`},
			map[string][]string{"egress-10.0.0.1": {
				"ip daddr 10.0.0.1 return",
				"ip daddr 10.0.0.2 tcp dport 8080 return", "ip daddr 10.0.0.3 tcp dport 9090 return",
				"ip daddr 10.0.0.5 udp dport 53 return",
			}},
		},
		{
			"several policies add up, and each direction is its own",
			[]string{
				`{podSelector: {matchLabels: {app: db}}, policyTypes: [Ingress, Egress], ingress: [{ports: [{port: 1}]}]}`,
				`{podSelector: {}, policyTypes: [Ingress], ingress: [{ports: [{port: 2}]}]}`,
			},
			map[string][]string{
				"ingress-10.0.0.1": {own1, "tcp dport 1 return", "tcp dport 2 return"},
				"egress-10.0.0.1":  {"ip daddr 10.0.0.1 return"},
				"ingress-10.0.0.2": {"ip saddr 10.0.0.2 return", "tcp dport 2 return"},
				"ingress-10.0.0.3": {"ip saddr 10.0.0.3 return", "tcp dport 2 return"},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			rules, err := ruleset(testCluster(t, test.specs))
			if err != nil {
				t.Fatal(err)
			}
			got := isolationChains(rules)
			for name := range got {
				if test.want[name] == nil {
					t.Errorf("unexpected chain %s: %q", name, got[name])
				}
			}
			for name, want := range test.want {
				want = append(slices.Clone(want), "counter drop")
				if !slices.Equal(got[name], want) {
					t.Errorf("%s:\n  got  %q\n  want %q", name, got[name], want)
				}
			}
		})
	}
}

func TestIsolatedPodsAreJumpedTo(t *testing.T) {
	rules, err := ruleset(testCluster(t, []string{`{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}`}))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"elements = { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5 };",
		"map ingress { type ipv4_addr : verdict; elements = { 10.0.0.2 : jump ingress-10.0.0.2, 10.0.0.3 : jump ingress-10.0.0.3 }; }",
		"map egress { type ipv4_addr : verdict; }",
	} {
		if !strings.Contains(rules, want) {
			t.Errorf("missing %q in\n%s", want, rules)
		}
	}
}

func TestNoPodsIsNoEmptySet(t *testing.T) {
	rules, err := ruleset(cluster{podRange: "10.0.0.0/24"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(rules, "elements") {
		t.Errorf("nft refuses an empty list of elements:\n%s", rules)
	}
}

func testCluster(t *testing.T, specs []string) cluster {
	from := cluster{podRange: "10.0.0.0/24", pods: testPods, namespaces: testNamespaces}
	for _, spec := range specs {
		policy := &networkingv1.NetworkPolicy{}
		policy.Namespace, policy.Name = "shop", "tested"
		if err := yaml.Unmarshal([]byte(strings.ReplaceAll(spec, "\t", " ")), &policy.Spec); err != nil {
			t.Fatal(err)
		}
		from.policies = append(from.policies, policy)
	}
	return from
}

// isolationChains has the rules of the chains of pods.
func isolationChains(rules string) map[string][]string {
	chains := map[string][]string{}
	name := ""
	for line := range strings.Lines(rules) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "chain ingress-"), strings.HasPrefix(line, "chain egress-"):
			name = strings.Fields(line)[1]
		case line == "}":
			name = ""
		case name != "":
			chains[name] = append(chains[name], line)
		}
	}
	return chains
}
