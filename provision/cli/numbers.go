package cli

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
)

// maxWorkers is far beyond what a server answers at once, and well within what a
// machine can hold.
const maxWorkers = 10_000

// allowed says what a flag takes that is a number or a duration, by its name.
var allowed = map[string]string{
	"workers":      "a whole number from 1 to 10,000",
	"max-rate":     "a number of requests a second, such as 5 or 0.5; 0 is no bound",
	"reserve":      "a share in per cent, a number from 0 to less than 100",
	"max-create":   "a whole number from 0",
	"max-failures": "a whole number from 0, which is no bound",
	"deadline":     "a duration such as 90m or 1h30m, from 0, which is no deadline, to " + longest,
	"listing-lag":  "a duration such as 500ms or 3s, from 0 to " + longest,
	"clock-skew":   "a duration such as 90s or -5m, of at most " + longest,
	"seed":         "a whole number from 0 to 18446744073709551615",
}

// longest is the longest duration that can be, as people type it.
const longest = "2562047h"

// notAllowed says that a value is none that the flag takes, as the parser names
// the flag.
func notAllowed(flag, value string) error {
	return fmt.Errorf("--%s: %w", flag, notTaken(flag, value))
}

func notTaken(flag, value string) error { return fmt.Errorf("%q is not %s", value, allowed[flag]) }

// numberMappers read numbers and durations. What the parser comes with tells of its
// types, not of what a flag takes, and reads 010 as 8.
func numberMappers() []kong.Option {
	return []kong.Option{
		kong.KindMapper(reflect.Int, numberMapper(func(text string, target reflect.Value) error {
			n, err := strconv.Atoi(text)
			target.SetInt(int64(n))
			return err
		})),
		kong.KindMapper(reflect.Uint64, numberMapper(func(text string, target reflect.Value) error {
			n, err := strconv.ParseUint(text, 10, 64)
			target.SetUint(n)
			return err
		})),
		kong.KindMapper(reflect.Float64, numberMapper(func(text string, target reflect.Value) error {
			n, err := strconv.ParseFloat(text, 64)
			if math.IsNaN(n) || strings.ContainsAny(text, "xX_") { // those are for programmers
				err = strconv.ErrSyntax
			}
			target.SetFloat(n)
			return err
		})),
		kong.TypeMapper(reflect.TypeFor[time.Duration](), numberMapper(func(text string, target reflect.Value) error {
			d, err := time.ParseDuration(text)
			target.SetInt(int64(d))
			return err
		})),
	}
}

// numberMapper reads a value, and says what the flag takes where it cannot be read.
func numberMapper(set func(text string, target reflect.Value) error) kong.Mapper {
	return kong.MapperFunc(func(ctx *kong.DecodeContext, target reflect.Value) error {
		token := ctx.Scan.Pop()
		if kind := token.InferredType(); kind == kong.EOLToken || kind == kong.FlagToken {
			return errors.New("there is no value; it takes " + allowed[ctx.Value.Name])
		}
		if text := token.String(); set(text, target) != nil {
			return notTaken(ctx.Value.Name, text)
		}
		return nil
	})
}
