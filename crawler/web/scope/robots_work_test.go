package scope

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
)

// The longest rule decides, Allow of two as long, whatever their order.
func TestTheLongestRobotsRuleDecides(t *testing.T) {
	for _, order := range [][]string{
		{"Disallow: /a*b", "Allow: /a*", "Disallow: /", "Allow: /a/c*b"},
		{"Allow: /a/c*b", "Disallow: /", "Allow: /a*", "Disallow: /a*b"},
	} {
		r, err := ParseRobots([]byte("User-agent: *\n"+strings.Join(order, "\n")), "fincrawl")
		if err != nil {
			t.Fatal(err)
		}
		for path, want := range map[string]bool{"/x": false, "/ax": true, "/a/xb": false, "/a/cxb": true} {
			if got := r.Allows(&url.URL{Scheme: "https", Host: "x", Path: path}); got != want {
				t.Errorf("%v: %s: %v, want %v", order, path, got, want)
			}
		}
	}
	r, err := ParseRobots([]byte("User-agent: *\nDisallow: /same\nAllow: /same\n"), "fincrawl")
	if err != nil {
		t.Fatal(err)
	}
	if !r.Allows(&url.URL{Scheme: "https", Host: "x", Path: "/same"}) {
		t.Error("Disallow decided, where Allow is as long")
	}
}

// A rule is taken apart once, and not for each address.
func TestRobotsRulesAreTakenApartOnce(t *testing.T) {
	var rules strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&rules, "Disallow: /*a%d*b*c$\n", i)
	}
	r, err := ParseRobots([]byte("User-agent: *\n"+rules.String()), "fincrawl")
	if err != nil {
		t.Fatal(err)
	}
	u := &url.URL{Scheme: "https", Host: "x", Path: "/some/page"}
	if per := testing.AllocsPerRun(10, func() { r.Allows(u) }); per > 100 {
		t.Errorf("%v allocations for an address", per)
	}
}
