package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestACommandIsToldAsItIsTypedAndWithoutSecrets(t *testing.T) {
	for want, args := range map[string][]string{
		"roomlift apply rooms.csv --html rooms.html":         {"apply", "rooms.csv", "--html", "rooms.html"},
		"roomlift apply 'my rooms.csv' --delimiter ';'":      {"apply", "my rooms.csv", "--delimiter", ";"},
		`roomlift apply 'it'\''s.csv' ''`:                    {"apply", "it's.csv", ""},
		"roomlift apply '東京.csv' '$(rm -rf ~)'":              {"apply", "東京.csv", "$(rm -rf ~)"},
		"roomlift apply --ping-url … r.csv":                  {"apply", "--ping-url", "https://hc.example/P-key", "r.csv"},
		"roomlift apply --ping-url=… r.csv":                  {"apply", "--ping-url=https://hc.example/P-key", "r.csv"},
		"roomlift apply --base-url https://…@w.example/v1 r": {"apply", "--base-url", "https://u:P-key@w.example/v1", "r"},
		"roomlift apply --base-url=https://…@w.example/v1 r": {"apply", "--base-url=https://u:P-key@w.example/v1", "r"},
	} {
		assert.Equal(t, want, commandLine(args))
		assert.NotContains(t, commandLine(args), "P-key")
	}
}
