// Command kubecheck reads Kubernetes manifests strictly, by Kubernetes' own
// types: an unknown, misspelt or doubled field is an error, as it would be for
// "kubectl apply --validate=strict". It is a module of its own, so that those
// types are no dependency of fincrawl. With -chart it renders a chart in the same way; see [checkChart].
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"

	apps "k8s.io/api/apps/v1"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	chart := flag.String("chart", "", "render the chart in this `FOLDER` with the values in ../testdata, and compare")
	update := flag.Bool("update", false, "write what the chart renders in place of comparing it")
	flag.Parse()
	var problems []error
	for _, path := range flag.Args() {
		problems = append(problems, check(path))
	}
	if *chart != "" {
		problems = append(problems, checkChart(*chart, *update))
	}
	if err := errors.Join(problems...); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return decodeAll(path, text)
}

// decodeAll reads the documents of a file, which problems name by its path.
func decodeAll(path string, text []byte) error {
	var problems []error
	for document := range bytes.SplitSeq(text, []byte("\n---\n")) {
		if err := decode(document); err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", path, err))
		}
	}
	return errors.Join(problems...)
}

func decode(document []byte) error {
	var kind struct{ APIVersion, Kind string }
	if err := yaml.Unmarshal(document, &kind); err != nil {
		return err
	}
	var object any
	switch kind.APIVersion + " " + kind.Kind {
	case "v1 ConfigMap":
		object = new(core.ConfigMap)
	case "v1 Secret":
		object = new(core.Secret)
	case "v1 PersistentVolumeClaim":
		object = new(core.PersistentVolumeClaim)
	case "v1 Service":
		object = new(core.Service)
	case "apps/v1 Deployment":
		object = new(apps.Deployment)
	case "batch/v1 CronJob":
		object = new(batch.CronJob)
	case "batch/v1 Job":
		object = new(batch.Job)
	case "networking.k8s.io/v1 NetworkPolicy":
		object = new(networking.NetworkPolicy)
	case "external-secrets.io/v1 ExternalSecret":
		object = new(externalSecret)
	case "monitoring.coreos.com/v1 PodMonitor":
		object = new(podMonitor)
	default:
		return fmt.Errorf("no type known for %q of %q", kind.Kind, kind.APIVersion)
	}
	if err := yaml.UnmarshalStrict(document, object); err != nil {
		return fmt.Errorf("read the %s: %w", kind.Kind, err)
	}
	return nil
}
