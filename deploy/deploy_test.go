// Package deploy_test reads the manifests for what they promise. That they have
// no field which Kubernetes doesn't know is checked by .ci/kubecheck.
package deploy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v4"

	"github.com/fincrawl/fincrawl/internal/config"
)

func TestSourcesAreRightAndTheSecretHasAllTheyName(t *testing.T) {
	objects := read(t, "cronjob.yaml")
	path := filepath.Join(t.TempDir(), "sources.yaml")
	if err := os.WriteFile(path, []byte(objects["ConfigMap"].Data["sources.yaml"]), 0o600); err != nil {
		t.Fatal(err)
	}
	secret := objects["Secret"].StringData
	asked := map[string]bool{}

	c, err := config.Load(path, func(name string) (string, bool) {
		asked[name] = true
		value, ok := secret[name]
		return value, ok
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := filepath.Dir(c.State); got != "/data" {
		t.Errorf("the state is in %s, want /data, where the volume is", got)
	}
	for name := range secret {
		if !asked[name] {
			t.Errorf("the secret has %s, which sources.yaml does not name", name)
		}
	}
}

func TestCronJobRunsOneAtATimeAndEnds(t *testing.T) {
	spec := read(t, "cronjob.yaml")["CronJob"].Spec
	if spec.ConcurrencyPolicy != "Forbid" {
		t.Errorf("concurrencyPolicy is %q, want Forbid", spec.ConcurrencyPolicy)
	}
	if spec.StartingDeadlineSeconds <= 0 {
		t.Error("no startingDeadlineSeconds: a hundred missed runs would stop the CronJob for good")
	}
	if spec.SuccessfulJobsHistoryLimit < 1 || spec.FailedJobsHistoryLimit < 1 {
		t.Error("no history to look at")
	}
}

func TestJobsEndAndRetryOnlyWhatHelps(t *testing.T) {
	for name, job := range jobs(t) {
		t.Run(name, func(t *testing.T) {
			if job.ActiveDeadlineSeconds <= 0 {
				t.Error("no activeDeadlineSeconds: a crawl that hangs would hold the lock for ever")
			}
			if job.BackoffLimit <= 0 {
				t.Error("no retry: a site that is down for a minute would cost the night")
			}
			var final []int
			for _, rule := range job.PodFailurePolicy.Rules {
				if rule.Action == "FailJob" && rule.OnExitCodes.Operator == "In" && rule.OnExitCodes.ContainerName == job.container(t).Name {
					final = append(final, rule.OnExitCodes.Values...)
				}
			}
			for _, code := range []int{2, 3, 4} {
				if !slices.Contains(final, code) {
					t.Errorf("exit code %d is tried again, which changes nothing", code)
				}
			}
			if slices.Contains(final, 1) {
				t.Error("exit code 1 is not tried again")
			}
			if got := job.Template.Spec.RestartPolicy; got != "Never" {
				t.Errorf("restartPolicy is %q, but podFailurePolicy needs Never", got)
			}
		})
	}
}

func TestPodsMayDoNoMoreThanTheyNeed(t *testing.T) {
	for name, job := range jobs(t) {
		t.Run(name, func(t *testing.T) {
			pod, container := job.Template.Spec, job.container(t)
			if pod.AutomountServiceAccountToken == nil || *pod.AutomountServiceAccountToken {
				t.Error("has a token for the cluster's API")
			}
			if !pod.SecurityContext.RunAsNonRoot || pod.SecurityContext.RunAsUser == 0 {
				t.Error("may run as root")
			}
			if pod.SecurityContext.SeccompProfile.Type != "RuntimeDefault" {
				t.Error("has no seccomp profile")
			}
			if !container.SecurityContext.ReadOnlyRootFilesystem {
				t.Error("may write to its image")
			}
			if allow := container.SecurityContext.AllowPrivilegeEscalation; allow == nil || *allow {
				t.Error("may gain privileges")
			}
			if diff := cmp.Diff([]string{"ALL"}, container.SecurityContext.Capabilities.Drop); diff != "" {
				t.Errorf("keeps capabilities:\n%s", diff)
			}
			if container.Resources.Requests["memory"] == "" || container.Resources.Limits["memory"] == "" {
				t.Error("has no bounds on memory")
			}
			if pod.TerminationGracePeriodSeconds < 30 {
				t.Error("is killed before it can end")
			}
		})
	}
}

func TestPodsHaveTheFoldersAndObjectsTheyName(t *testing.T) {
	objects := read(t, "cronjob.yaml")
	for name, job := range jobs(t) {
		t.Run(name, func(t *testing.T) {
			kinds := map[string]string{} // of volumes, by name
			for _, v := range job.Template.Spec.Volumes {
				switch {
				case v.PersistentVolumeClaim != nil:
					kinds[v.Name] = "PersistentVolumeClaim " + v.PersistentVolumeClaim.ClaimName
				case v.ConfigMap != nil:
					kinds[v.Name] = "ConfigMap " + v.ConfigMap.Name
				case v.Secret != nil:
					kinds[v.Name] = "Secret " + v.Secret.SecretName
				case v.EmptyDir != nil:
					kinds[v.Name] = "emptyDir"
				}
			}
			mounts := map[string]string{} // kinds of volumes, by path
			for _, m := range job.container(t).VolumeMounts {
				mounts[m.MountPath] = kinds[m.Name]
			}
			want := map[string]string{
				"/data":         "PersistentVolumeClaim " + objects["PersistentVolumeClaim"].Metadata.Name,
				"/etc/fincrawl": "ConfigMap " + objects["ConfigMap"].Metadata.Name,
				"/tmp":          "emptyDir",
			}
			if name == "approve-job.yaml" {
				want["/decisions"] = "Secret fincrawl-decisions"
			}
			if diff := cmp.Diff(want, mounts); diff != "" {
				t.Errorf("mounts (-want +got):\n%s", diff)
			}
			if !slices.ContainsFunc(job.container(t).EnvFrom, func(e envFrom) bool {
				return e.SecretRef.Name == objects["Secret"].Metadata.Name
			}) {
				t.Error("does not get the secret")
			}
		})
	}
}

func TestResyncDiffersFromTheNightlyRunInItsCommandOnly(t *testing.T) {
	nightly, manual := jobs(t)["cronjob.yaml"], jobs(t)["resync-job.yaml"]
	if got := nightly.container(t).Args[0]; got != "sync" {
		t.Errorf("the nightly command is %q, want sync", got)
	}
	if got := manual.container(t).Args[0]; got != "resync" {
		t.Errorf("the manual command is %q, want resync", got)
	}
	nightly.container(t).Args[0] = "resync"
	if diff := cmp.Diff(nightly.Template.Spec, manual.Template.Spec); diff != "" {
		t.Errorf("the pods differ (-nightly +manual):\n%s", diff)
	}
}

// object has what the tests look at of any Kubernetes object.
type object struct {
	Kind       string
	Metadata   struct{ Name string }
	Data       map[string]string
	StringData map[string]string `yaml:"stringData"`
	Spec       spec
}

// spec is that of a CronJob, whose Jobs are made from a template, or of a Job.
type spec struct {
	ConcurrencyPolicy          string `yaml:"concurrencyPolicy"`
	StartingDeadlineSeconds    int    `yaml:"startingDeadlineSeconds"`
	SuccessfulJobsHistoryLimit int    `yaml:"successfulJobsHistoryLimit"`
	FailedJobsHistoryLimit     int    `yaml:"failedJobsHistoryLimit"`
	JobTemplate                struct {
		Spec job
	} `yaml:"jobTemplate"`
	job `yaml:",inline"`
}

type job struct {
	ActiveDeadlineSeconds int `yaml:"activeDeadlineSeconds"`
	BackoffLimit          int `yaml:"backoffLimit"`
	PodFailurePolicy      struct {
		Rules []struct {
			Action      string
			OnExitCodes struct {
				ContainerName string `yaml:"containerName"`
				Operator      string
				Values        []int
			} `yaml:"onExitCodes"`
		}
	} `yaml:"podFailurePolicy"`
	Template struct{ Spec pod }
}

type pod struct {
	RestartPolicy                 string `yaml:"restartPolicy"`
	TerminationGracePeriodSeconds int    `yaml:"terminationGracePeriodSeconds"`
	AutomountServiceAccountToken  *bool  `yaml:"automountServiceAccountToken"`
	SecurityContext               struct {
		RunAsNonRoot   bool                  `yaml:"runAsNonRoot"`
		RunAsUser      int                   `yaml:"runAsUser"`
		RunAsGroup     int                   `yaml:"runAsGroup"`
		FSGroup        int                   `yaml:"fsGroup"`
		SeccompProfile struct{ Type string } `yaml:"seccompProfile"`
	} `yaml:"securityContext"`
	Containers []container
	Volumes    []struct {
		Name                  string
		PersistentVolumeClaim *struct {
			ClaimName string `yaml:"claimName"`
		} `yaml:"persistentVolumeClaim"`
		ConfigMap *struct{ Name string } `yaml:"configMap"`
		Secret    *struct {
			SecretName string `yaml:"secretName"`
		}
		EmptyDir *struct {
			SizeLimit string `yaml:"sizeLimit"`
		} `yaml:"emptyDir"`
	}
}

type container struct {
	Name, Image string
	Args        []string
	EnvFrom     []envFrom `yaml:"envFrom"`
	Env         []struct{ Name, Value string }
	Resources   struct{ Requests, Limits map[string]string }

	SecurityContext struct {
		AllowPrivilegeEscalation *bool `yaml:"allowPrivilegeEscalation"`
		ReadOnlyRootFilesystem   bool  `yaml:"readOnlyRootFilesystem"`
		Capabilities             struct{ Drop []string }
	} `yaml:"securityContext"`
	VolumeMounts []struct {
		Name      string
		MountPath string `yaml:"mountPath"`
		ReadOnly  bool   `yaml:"readOnly"`
	} `yaml:"volumeMounts"`
}

type envFrom struct {
	SecretRef struct{ Name string } `yaml:"secretRef"`
}

func (j job) container(t *testing.T) container {
	t.Helper()
	if n := len(j.Template.Spec.Containers); n != 1 {
		t.Fatalf("%d containers, want one", n)
	}
	return j.Template.Spec.Containers[0]
}

// jobs returns what runs, by the file it is in.
func jobs(t *testing.T) map[string]job {
	t.Helper()
	return map[string]job{
		"cronjob.yaml":    read(t, "cronjob.yaml")["CronJob"].Spec.JobTemplate.Spec,
		"resync-job.yaml": read(t, "resync-job.yaml")["Job"].Spec.job, "approve-job.yaml": read(t, "approve-job.yaml")["Job"].Spec.job,
	}
}

// read returns the objects of a file by their kind.
func read(t *testing.T, path string) map[string]object {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []object
	if err := yaml.Load(text, &list, yaml.WithAllDocuments()); err != nil {
		t.Fatal(fmt.Errorf("read %s: %w", path, err))
	}
	objects := map[string]object{}
	for _, o := range list {
		if _, twice := objects[o.Kind]; twice || o.Kind == "" {
			t.Fatalf("%s: want one object of each kind, by its kind", path)
		}
		objects[o.Kind] = o
	}
	return objects
}
