package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roomlift/provision/cli"
)

func TestACommandLeavesNoGoroutineBehind(t *testing.T) {
	folder := t.TempDir()
	manifest := filepath.Join(folder, "rooms.csv")
	require.NoError(t, os.WriteFile(manifest, []byte("title,teamId\nA,\nB,no-such-team\n"), 0o600))
	t.Setenv("WEBEX_ACCESS_TOKEN", "")
	t.Setenv("WEBEX_BASE_URL", "")

	for name, test := range map[string]struct {
		args []string
		code int
	}{
		"that does the whole job":            {[]string{"apply", manifest, "--sandbox"}, 1},
		"that finds most of it done":         {[]string{"apply", manifest, "--sandbox", "--log-level", "debug"}, 1},
		"that only plans":                    {[]string{"plan", manifest, "--sandbox"}, 0},
		"that checks":                        {[]string{"check", manifest}, 0},
		"that has no token":                  {[]string{"apply", manifest}, 4},
		"that reaches nobody in time":        {[]string{"apply", manifest, "--sandbox", "--results", filepath.Join(folder, "late"), "--deadline", "1ns"}, 3},
		"that is misused":                    {[]string{"apply"}, 2},
		"that cannot write its results":      {[]string{"apply", manifest, "--sandbox", "--results", filepath.Join(folder, "no", "such")}, 6},
		"that prints its help":               {[]string{"apply", "--help"}, 0},
		"that may create fewer than it must": {[]string{"apply", manifest, "--sandbox", "--results", filepath.Join(folder, "few"), "--max-create", "0"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
			var stdout, stderr bytes.Buffer
			code := cli.Main(test.args, strings.NewReader(""), &stdout, &stderr)
			assert.Equal(t, test.code, code, "%s%s", &stdout, &stderr)
		})
	}
}
