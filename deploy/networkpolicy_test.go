package deploy_test

import (
	"net/netip"
	"os"
	"slices"
	"testing"

	"go.yaml.in/yaml/v4"
)

func TestPodsReachNoMetadataAndNobodyReachesThem(t *testing.T) {
	text, err := os.ReadFile("networkpolicy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var policy struct {
		Spec struct {
			PolicyTypes []string `yaml:"policyTypes"`
			Ingress     []any
			PodSelector struct {
				MatchLabels map[string]string `yaml:"matchLabels"`
			} `yaml:"podSelector"`
			Egress []struct {
				To []struct {
					IPBlock struct {
						CIDR   string
						Except []string
					} `yaml:"ipBlock"`
				}
			}
		}
	}
	if err := yaml.Unmarshal(text, &policy); err != nil {
		t.Fatal(err)
	}
	spec := policy.Spec
	if !slices.Contains(spec.PolicyTypes, "Ingress") || !slices.Contains(spec.PolicyTypes, "Egress") || len(spec.Ingress) > 0 {
		t.Error("it does not close both directions")
	}
	if spec.PodSelector.MatchLabels["app.kubernetes.io/name"] != "fincrawl" {
		t.Error("it is not about the pods of the jobs")
	}
	for _, address := range []string{"169.254.169.254", "10.0.0.1", "127.0.0.1", "100.64.0.1", "172.16.0.1", "192.168.1.1", "fd00:ec2::254", "fe80::1"} {
		at := netip.MustParseAddr(address)
		for _, rule := range spec.Egress {
			for _, to := range rule.To {
				if to.IPBlock.CIDR == "" || !netip.MustParsePrefix(to.IPBlock.CIDR).Contains(at) {
					continue
				}
				if !slices.ContainsFunc(to.IPBlock.Except, func(s string) bool { return netip.MustParsePrefix(s).Contains(at) }) {
					t.Errorf("the pods reach %s", address)
				}
			}
		}
	}
}
