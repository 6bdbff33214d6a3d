package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACommandIsToldAsItIsTypedAndWithoutSecrets(t *testing.T) {
	for want, args := range map[string][]string{
		"roomlift apply rooms.csv --html rooms.html":    {"apply", "rooms.csv", "--html", "rooms.html"},
		"roomlift apply 'my rooms.csv' --delimiter ';'": {"apply", "my rooms.csv", "--delimiter", ";"},
		`roomlift apply 'it'\''s.csv' ''`:               {"apply", "it's.csv", ""},
		"roomlift apply '東京.csv' '$(rm -rf ~)'":         {"apply", "東京.csv", "$(rm -rf ~)"},
		"roomlift apply --ping-url … r.csv":             {"apply", "--ping-url", "https://hc.example/P-key", "r.csv"},
		"roomlift apply --ping-url=… r.csv":             {"apply", "--ping-url=https://hc.example/P-key", "r.csv"},
		"roomlift apply … r.csv":                        {"apply", "https://hc.example/P-key", "r.csv"},
	} {
		assert.Equal(t, want, commandLine(args))
		assert.NotContains(t, commandLine(args), "P-key")
	}
}

func TestACommandTellsOfABaseURLOnlyWhatIsCertainlyHarmless(t *testing.T) {
	for _, harmless := range []string{
		"https://webexapis.com/v1", "http://127.0.0.1:7702/v1", "http://[::1]:7702/", "https://w.example", "ftp://w.example/v1",
	} {
		assert.Equal(t, "roomlift apply --base-url "+quote(harmless)+" r", commandLine([]string{"apply", "--base-url", harmless, "r"}))
		assert.Equal(t, "roomlift apply "+quote("--base-url="+harmless)+" r", commandLine([]string{"apply", "--base-url=" + harmless, "r"}))
	}
	for _, harmful := range []string{
		"https://bob:hunter44@w.example/v1",
		"http://bob:pa/sswordhunter44@127.0.0.1:7702/v1",
		"http://bob:hunter44 x@127.0.0.1:7702/v1",
		"bob:hunter44@127.0.0.1:7702/v1",
		"https://127.0.0.1:hunter44/v1",
		"https://127.0.0.1:44444444/v1",
		"https://webexapis.com/v1?access_token=hunter44",
		"https://webexapis.com/v1#hunter44",
		"hunter44",
	} {
		assert.Equal(t, "roomlift apply --base-url … r", commandLine([]string{"apply", "--base-url", harmful, "r"}), harmful)
		assert.Equal(t, "roomlift apply --base-url=… r", commandLine([]string{"apply", "--base-url=" + harmful, "r"}), harmful)
	}
}
