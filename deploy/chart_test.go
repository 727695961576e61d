package deploy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"
)

// The golden files are what the chart renders; .ci/kubecheck compares them.

func TestTheChartSaysWhatThePlainManifestsSay(t *testing.T) {
	for _, pair := range []struct{ kind, plain, chart string }{
		{"CronJob", "cronjob.yaml", "plain"},
		{"PersistentVolumeClaim", "cronjob.yaml", "plain"},
		{"NetworkPolicy", "networkpolicy.yaml", "plain"},
		{"Job", "resync-job.yaml", "job-resync"},
		{"Job", "approve-job.yaml", "job-approve"},
	} {
		want, got := ofKind(t, pair.plain, pair.kind), ofKind(t, "helm/testdata/"+pair.chart+".golden.yaml", pair.kind)
		if diff := cmp.Diff(bare(want["spec"]), bare(got["spec"])); diff != "" {
			t.Errorf("the %s of %s and of the chart differ (-plain +chart):\n%s", pair.kind, pair.plain, diff)
		}
	}
	want, got := ofKind(t, "cronjob.yaml", "ConfigMap"), ofKind(t, "helm/testdata/plain.golden.yaml", "ConfigMap")
	if diff := cmp.Diff(want["data"], got["data"]); diff != "" {
		t.Errorf("sources.yaml differs (-plain +chart):\n%s", diff)
	}
}

func TestEveryPodOfTheChartIsConfined(t *testing.T) {
	files, _ := filepath.Glob("helm/testdata/*.golden.yaml")
	pods := 0
	for _, file := range files {
		for _, o := range documents(t, file) {
			each(o, func(m map[string]any) {
				containers, ok := m["containers"].([]any)
				if !ok {
					return
				}
				pods++
				if m["automountServiceAccountToken"] != false {
					t.Errorf("%s: a pod has a token for the cluster's API", file)
				}
				want := map[string]any{
					"runAsNonRoot": true, "runAsUser": 65532, "runAsGroup": 65532, "fsGroup": 65532,
					"fsGroupChangePolicy": "OnRootMismatch", "seccompProfile": map[string]any{"type": "RuntimeDefault"},
				}
				if diff := cmp.Diff(want, m["securityContext"]); diff != "" {
					t.Errorf("%s: a pod is not confined (-want +got):\n%s", file, diff)
				}
				want = map[string]any{
					"allowPrivilegeEscalation": false, "readOnlyRootFilesystem": true,
					"capabilities": map[string]any{"drop": []any{"ALL"}},
				}
				for _, c := range containers {
					if diff := cmp.Diff(want, c.(map[string]any)["securityContext"]); diff != "" {
						t.Errorf("%s: a container is not confined (-want +got):\n%s", file, diff)
					}
				}
			})
			if spec, ok := o["spec"].(map[string]any); ok && o["kind"] == "CronJob" && spec["concurrencyPolicy"] != "Forbid" {
				t.Errorf("%s: two runs of a CronJob may go on at once", file)
			}
		}
	}
	if pods < 15 {
		t.Errorf("only %d pods were found", pods)
	}
}

// TestValuesShowEveryKeyOfTheSchema: who reads values.yaml sees all there is to set.
func TestValuesShowEveryKeyOfTheSchema(t *testing.T) {
	text, err := os.ReadFile("helm/fincrawl/values.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var values map[string]any
	var schema struct{ Properties map[string]any }
	if err := yaml.Unmarshal(text, &values); err != nil {
		t.Fatal(err)
	}
	published, err := os.ReadFile("helm/fincrawl/values.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(published, &schema); err != nil {
		t.Fatal(err)
	}
	for key := range schema.Properties {
		if _, ok := values[key]; !ok && key != "global" { // Helm's own
			t.Errorf("values.yaml does not show %s, which the schema has", key)
		}
	}
}

// bare returns a value without what the chart adds: its labels, the group's name, and defaults that are written out.
func bare(value any) any {
	switch v := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for key, item := range v {
			switch {
			case key == "metadata", key == "imagePullPolicy", key == "suspend":
			case key == "matchLabels":
				out[key] = withoutInstance(item)
			default:
				out[key] = bare(item)
			}
		}
		return out
	case []any:
		out := make([]any, 0, len(v))
		for _, item := range v {
			out = append(out, bare(item))
		}
		return out
	case string:
		return strings.ReplaceAll(v, "fincrawl-main", "fincrawl")
	}
	return value
}

func withoutInstance(labels any) any {
	out := map[string]any{}
	for key, value := range labels.(map[string]any) {
		if key != "app.kubernetes.io/instance" {
			out[key] = value
		}
	}
	return out
}

// each calls do for every mapping in a value.
func each(value any, do func(map[string]any)) {
	switch v := value.(type) {
	case map[string]any:
		do(v)
		for _, item := range v {
			each(item, do)
		}
	case []any:
		for _, item := range v {
			each(item, do)
		}
	}
}

func ofKind(t *testing.T, path, kind string) map[string]any {
	t.Helper()
	for _, o := range documents(t, path) {
		if o["kind"] == kind {
			return o
		}
	}
	t.Fatalf("%s has no %s", path, kind)
	return nil
}

func documents(t *testing.T, path string) (list []map[string]any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Load(text, &list, yaml.WithAllDocuments()); err != nil {
		t.Fatal(err)
	}
	return list
}
