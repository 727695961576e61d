package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"helm.sh/helm/v4/pkg/chart/common"
	"helm.sh/helm/v4/pkg/chart/common/util"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/engine"
)

// checkChart renders the chart in a folder, as helm does, with each file of values in ../testdata, decodes the objects
// strictly, and compares them with the file beside the values that ends in .golden.yaml. Each file in
// ../testdata/wrong has values that must be refused, with the message that its first line is.
func checkChart(folder string, update bool) error {
	c, err := loader.Load(folder)
	if err != nil {
		return fmt.Errorf("read the chart: %w", err)
	}
	var problems []error
	cases, _ := filepath.Glob(filepath.Join(folder, "../testdata/*.yaml"))
	for _, path := range cases {
		if !strings.HasSuffix(path, ".golden.yaml") {
			problems = append(problems, checkCase(c, path, update))
		}
	}
	wrong, _ := filepath.Glob(filepath.Join(folder, "../testdata/wrong/*.yaml"))
	for _, path := range wrong {
		problems = append(problems, checkWrong(c, path))
	}
	if len(cases) == 0 || len(wrong) == 0 {
		problems = append(problems, fmt.Errorf("%s has no values beside it to try it with", folder))
	}
	return errors.Join(problems...)
}

func checkCase(c *chart.Chart, path string, update bool) error {
	got, err := render(c, path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	problem := decodeAll(path, got)
	golden := strings.TrimSuffix(path, ".yaml") + ".golden.yaml"
	if update {
		return errors.Join(problem, os.WriteFile(golden, got, 0o644))
	}
	want, err := os.ReadFile(golden)
	if err != nil || !bytes.Equal(got, want) {
		problem = errors.Join(problem, err, fmt.Errorf("%s is not what the chart renders; run kubecheck with -update and read the difference", golden))
	}
	return problem
}

func checkWrong(c *chart.Chart, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	want := strings.TrimPrefix(first, "# ")
	switch _, err := render(c, path); {
	case err == nil:
		return fmt.Errorf("%s is rendered, and has to be refused: %s", path, want)
	case !strings.Contains(err.Error(), want):
		return fmt.Errorf("%s: the message is not %q but:\n%w", path, want, err)
	}
	return nil
}

// render returns the objects that the chart makes with the values of a file, as one text.
func render(c *chart.Chart, path string) ([]byte, error) {
	values, err := common.ReadValuesFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the values: %w", err)
	}
	release := common.ReleaseOptions{Name: "fincrawl", Namespace: "fincrawl", Revision: 1, IsInstall: true}
	all, err := util.ToRenderValues(c, values, release, common.DefaultCapabilities)
	if err != nil {
		return nil, fmt.Errorf("read the values: %w", err)
	}
	files, err := engine.Render(c, all)
	if err != nil {
		return nil, fmt.Errorf("render the templates: %w", err)
	}
	var objects []string
	for _, name := range slices.SortedFunc(maps.Keys(files), cmp.Compare) {
		if filepath.Ext(name) != ".yaml" {
			continue
		}
		for object := range strings.SplitSeq("\n"+files[name], "\n---\n") {
			if object = strings.TrimSpace(object); object != "" {
				objects = append(objects, object)
			}
		}
	}
	return []byte(strings.Join(objects, "\n---\n") + "\n"), nil
}
