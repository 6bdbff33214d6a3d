package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFaultsAreFound spoils the sample in one place at a time.
func TestFaultsAreFound(t *testing.T) {
	sample, err := os.ReadFile("../../samples/kubernetes/cronjob.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, fault := range []struct{ old, new string }{
		{"", ""},
		{"concurrencyPolicy:", "concurencyPolicy:"},
		{"concurrencyPolicy: Forbid", "concurrencyPolicy: Forbidden"},
		{"backoffLimit: 0", "backoffLimit: none"},
		{"storage: 1Gi", "storage: 1 GB"},
		{"claimName: roomlift", "claimName: another"},
		{"secretName: roomlift", "secretName: another"},
		{"- key: token", "- key: another"},
		{"- name: data\n                  mountPath", "- name: date\n                  mountPath"},
		{"accessModes: [ReadWriteOnce]", "accessModes: [ReadWrite]"},
		{"restartPolicy: Never", "restartPolicy: Always"},
		{`"15 2 * * *"`, `"15 2 * *"`},
		{"name: roomlift\n  namespace", "name: Roomlift_1\n  namespace"},
		{"batch/v1", "batch/v2"},
	} {
		path := filepath.Join(t.TempDir(), "cronjob.yaml")
		if !strings.Contains(string(sample), fault.old) {
			t.Errorf("the sample has no %q", fault.old)
		}
		text := strings.ReplaceAll(string(sample), fault.old, fault.new)
		if fault.old == "" {
			text = string(sample)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := check(path); (err == nil) != (fault.old == "") {
			t.Errorf("%q for %q: %v", fault.new, fault.old, err)
		}
	}
}
