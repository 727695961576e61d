package deploy_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestUnitsAreRightAndConfined asks systemd itself.
func TestUnitsAreRightAndConfined(t *testing.T) {
	tool, err := exec.LookPath("systemd-analyze")
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("systemd-analyze is not installed (Debian: systemd)")
		}
		t.Skip("systemd-analyze is not installed (Debian: systemd)")
	}
	units, folder := []string{}, t.TempDir()
	files, _ := filepath.Glob("systemd/*")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		// The program has to be where a unit says, and is not installed here.
		unit := filepath.Join(folder, filepath.Base(file))
		if err := os.WriteFile(unit, []byte(strings.ReplaceAll(string(text), "/usr/local/bin/fincrawl", "/bin/true")), 0o600); err != nil {
			t.Fatal(err)
		}
		units = append(units, unit)
	}
	for _, unit := range units {
		out, err := exec.CommandContext(t.Context(), tool, "verify", unit).CombinedOutput()
		// It also complains of other units of the machine, which are none of ours.
		if name := strings.Split(filepath.Base(unit), "@")[0]; err != nil || strings.Contains(string(out), name) {
			t.Errorf("systemd-analyze verify: %v\n%s", err, out)
		}
		if filepath.Ext(unit) == ".service" {
			// In tenths: they have 1.3, and what is left is for the network.
			if out, err := exec.CommandContext(t.Context(), tool, "security", "--offline=yes", "--threshold=14", "--no-pager", unit).CombinedOutput(); err != nil {
				t.Errorf("systemd-analyze security: %v\n%s", err, out)
			}
		}
	}
}

// TestMachinesSayWhatTheManifestsSay compares the bounds of the pods with those of compose.yaml and of the units.
func TestMachinesSayWhatTheManifestsSay(t *testing.T) {
	c := read(t, "cronjob.yaml")["CronJob"].Spec.JobTemplate.Spec.container(t)
	if c.Resources.Limits["memory"] != "512Mi" || c.Env[0].Value != "400MiB" {
		t.Fatalf("the pods have %v and %v: change the units, compose.yaml and this test", c.Resources.Limits, c.Env)
	}
	services, _ := filepath.Glob("systemd/*.service")
	for _, file := range services {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range []string{"MemoryMax=512M", "Environment=GOMEMLIMIT=400MiB", "TimeoutStopSec=60", "DynamicUser=yes", "NoNewPrivileges=yes"} {
			if !strings.Contains(string(text), "\n"+line+"\n") {
				t.Errorf("%s has no %s", file, line)
			}
		}
	}
	for name, service := range documents(t, "compose/compose.yaml")[0]["services"].(map[string]any) {
		s := service.(map[string]any)
		if s["mem_limit"] != "512m" || s["read_only"] != true || s["user"] != "65532:65532" || s["stop_grace_period"] != "60s" {
			t.Errorf("compose.yaml: %s is not confined as the pods are: %v", name, s)
		}
		if got := s["environment"].(map[string]any)["GOMEMLIMIT"]; got != "400MiB" {
			t.Errorf("compose.yaml: %s has GOMEMLIMIT %v", name, got)
		}
		if drop, ok := s["cap_drop"].([]any); !ok || len(drop) != 1 || drop[0] != "ALL" {
			t.Errorf("compose.yaml: %s keeps capabilities", name)
		}
	}
}
