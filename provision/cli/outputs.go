package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"

	"roomlift/report/atomicfile"
	"roomlift/report/results"
)

// outputs are the files that a command writes when it ends. Each flag that names
// one claims it before anything is sent, so that none takes the place of a file
// that is needed, or of another one's.
type outputs struct {
	taken []string
	kept  []family
}

// family is a kind of files in a folder that nothing may take the place of.
type family struct {
	folder string
	name   *regexp.Regexp
}

// takenError says that a file would be lost.
type takenError struct{ path string }

func (e *takenError) Error() string { return "it would replace " + e.path }

// outputs knows what a job reads and keeps. resultsPath is "" where it is not known.
func (f *jobFlags) outputs(resultsPath string) *outputs {
	o := outputsBeside(resultsPath, f.stateFolder())
	if f.Manifest != "-" {
		o.keep(f.Manifest)
	}
	o.keep(f.TokenFile)
	o.keep(f.Credentials, ".lock")
	return o
}

// outputsBeside knows of a results file and of what is learned in a folder.
func outputsBeside(resultsPath, stateFolder string) *outputs {
	o := &outputs{}
	o.keep(resultsPath, results.LockName(""), ".tmp")
	if stateFolder != "" {
		o.kept = append(o.kept, family{stateFolder, stateFiles})
	}
	if resultsPath != "" {
		resultsPath = follow(resultsPath)
		o.kept = append(o.kept, family{
			filepath.Dir(resultsPath), // copies of what was repaired
			regexp.MustCompile("^" + regexp.QuoteMeta(filepath.Base(resultsPath)) + `\.[a-z]+-\d{8}T\d{6}\.\d{3}$`),
		})
	}
	return o
}

// keep takes a file, unless it is "", and those beside it whose names go on with
// the suffixes, under every name that leads to it.
func (o *outputs) keep(path string, suffixes ...string) {
	if path == "" {
		return
	}
	for _, suffix := range append([]string{""}, suffixes...) {
		o.taken = append(o.taken, path+suffix)
		if target := follow(path); target != path {
			o.taken = append(o.taken, target+suffix)
		}
	}
}

// claim takes a file that is to be written. The error says why it cannot be: a
// *takenError where another file would be lost, else what keeps it from being
// written.
func (o *outputs) claim(path string) error {
	for _, other := range o.taken {
		if path == other || sameFile(path, other) || sameName(path, other) {
			return &takenError{other}
		}
	}
	target := follow(path)
	for _, family := range o.kept {
		if sameFile(filepath.Dir(target), family.folder) && family.name.MatchString(filepath.Base(target)) {
			return &takenError{target}
		}
	}
	if err := atomicfile.Check(path); err != nil {
		return err
	}
	if info, err := os.Stat(path); err != nil || info.Mode().IsRegular() {
		o.taken = append(o.taken, path) // several may write to a device
	}
	return nil
}

// sameName reports whether two names lead to one file, which need not exist.
func sameName(a, b string) bool {
	a, b = follow(a), follow(b)
	if !sameFile(filepath.Dir(a), filepath.Dir(b)) {
		return false
	}
	a, b = filepath.Base(a), filepath.Base(b)
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

// follow follows links as far as it can.
func follow(path string) string {
	if target, err := atomicfile.Follow(path); err == nil {
		return target
	}
	return path
}

// sameFile reports whether two names lead to one file or folder that exists.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
