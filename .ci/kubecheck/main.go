// Command kubecheck reads Kubernetes manifests strictly, by Kubernetes' own
// types: an unknown, misspelt or doubled field is an error, as it would be for
// "kubectl apply --validate=strict". It is a module of its own, so that those
// types are no dependency of fincrawl.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"

	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"
)

func main() {
	var problems []error
	for _, path := range os.Args[1:] {
		problems = append(problems, check(path))
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
	case "batch/v1 CronJob":
		object = new(batch.CronJob)
	case "batch/v1 Job":
		object = new(batch.Job)
	case "networking.k8s.io/v1 NetworkPolicy":
		object = new(networking.NetworkPolicy)
	default:
		return fmt.Errorf("no type known for %q of %q", kind.Kind, kind.APIVersion)
	}
	if err := yaml.UnmarshalStrict(document, object); err != nil {
		return fmt.Errorf("read the %s: %w", kind.Kind, err)
	}
	return nil
}
