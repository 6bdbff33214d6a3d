package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/provision/cli"
	"roomlift/report"
)

func TestTheSamplesUseNoFlagThatThereIsNot(t *testing.T) {
	var help bytes.Buffer
	require.Zero(t, cli.Main([]string{"apply", "--help"}, strings.NewReader(""), &help, &help))
	for _, sample := range []string{
		"crontab", "systemd/roomlift.service", "kubernetes/cronjob.yaml", "README.md",
	} {
		text, err := os.ReadFile(filepath.Join("../../samples", sample))
		require.NoError(t, err)
		command := regexp.MustCompile(`(?s)(roomlift apply|- apply\n|flag).*`).FindString(string(text))
		require.NotEmpty(t, command, sample)
		for _, flag := range regexp.MustCompile(`--[a-z]+(-[a-z]+)*`).FindAllString(command, -1) {
			assert.Contains(t, help.String(), flag, sample)
		}
	}
}

func TestEveryFieldOfTheSummaryIsDocumented(t *testing.T) {
	text, err := os.ReadFile("../../samples/README.md")
	require.NoError(t, err)
	var written bytes.Buffer
	require.NoError(t, report.WriteSummary(&written, &report.Run{}))
	for _, field := range regexp.MustCompile(`"([a-zA-Z]+)":`).FindAllStringSubmatch(written.String(), -1) {
		assert.Contains(t, string(text), field[1])
	}
}
