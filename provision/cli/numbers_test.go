package cli

import (
	"reflect"
	"testing"
	"time"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryFlagThatIsANumberSaysWhatItTakes(t *testing.T) {
	parser, err := kong.New(&commands{}, kong.Vars{"baseURL": "", "faults": "", "formats": ""})
	require.NoError(t, err)
	numbers := map[string]bool{}
	for _, command := range parser.Model.Children {
		for _, flag := range command.Flags {
			target := flag.Target.Type()
			if target.Kind() == reflect.Pointer {
				target = target.Elem()
			}
			switch target.Kind() {
			case reflect.Int, reflect.Uint64, reflect.Float64, reflect.Int64:
				assert.True(t, target.Kind() != reflect.Int64 || target == reflect.TypeFor[time.Duration](), flag.Name)
				assert.NotEmpty(t, allowed[flag.Name], flag.Name)
				numbers[flag.Name] = true
			default:
			}
		}
	}
	assert.Len(t, numbers, len(allowed))
}
