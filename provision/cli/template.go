package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"roomlift/provision/manifest"
	"roomlift/report"
)

// templateCommand writes a manifest to fill in.
type templateCommand struct {
	File string `arg:"" placeholder:"FILE" help:"File to write; its extension says the format: ${formats}. For Excel choose .xlsx: where its list separator is no comma, it shows a .csv in one column."`
}

// Run writes the file. One that exists is left alone: somebody may have filled
// it in.
func (c *templateCommand) Run(out *output) error {
	format, err := manifest.TemplateFormat(c.File)
	if err != nil {
		return usage(err.Error(), "such as: roomlift template rooms.xlsx")
	}
	f, err := os.OpenFile(c.File, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666) //nolint:gosec // a blank form; the umask decides
	if errors.Is(err, fs.ErrExist) {
		return usage(c.File+" exists already", "it is left as it is; choose another name, or remove it first")
	}
	if err != nil {
		return usage("the template cannot be written: "+err.Error(), "choose a name in a folder that exists and that you may write to")
	}
	if err := errors.Join(manifest.WriteTemplate(f, format.Name), f.Close()); err != nil {
		return errors.Join(usage("the template cannot be written: "+err.Error(), "make room on the disk, then try again"), os.Remove(c.File))
	}
	if out.Quiet {
		return nil
	}
	name := report.Printable(c.File)
	_, err = fmt.Fprintf(out.stdout, "%s is ready to fill in; then: roomlift check %s\n", name, name)
	return err
}
