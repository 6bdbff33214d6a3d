package manifest

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// maxYAML is the most bytes of YAML that are read: YAML must be in memory as a
// whole, at many times its size. It is room for some 100,000 rooms.
const (
	maxYAML     = 16 << 20
	maxYAMLText = "16 MiB"
)

// maxYAMLNodes is the most nodes that YAML may have. 100,000 rooms with every
// column have 1,700,000; each takes some 200 bytes.
const (
	maxYAMLNodes     = 2_000_000
	maxYAMLNodesText = "2,000,000 values"
)

// maxYAMLDepth is how deep YAML may nest. A manifest needs four levels.
const maxYAMLDepth = 32

// readYAML reads a YAML manifest: a list of rooms, or a mapping of defaults and rooms.
func readYAML(r io.Reader, b *builder, opts Options) error {
	b.vouched = true
	text, err := b.openText(r, opts)
	if text == nil || err != nil {
		return err
	}
	data, err := io.ReadAll(io.LimitReader(text, maxYAML+1))
	if err != nil {
		return err
	}
	if len(data) > maxYAML {
		b.reportFile(faultTooLarge, b.at(0), maxYAMLText)
		return nil
	}
	if letters := misreadMark(data); letters != "" {
		b.reportFileValue(faultMisreadMark, b.at(1), letters)
		return nil
	}
	if !b.checkYAMLText(data) || !b.decoded && b.isEitherEncoding(data) {
		return nil
	}
	if root := b.parseYAML(data); root != nil {
		b.readYAMLRoot(root)
	}
	return nil
}

// isEitherEncoding reports a text in UTF-8 that may as well be windows-1252.
func (b *builder) isEitherEncoding(data []byte) bool {
	reader := &legacyReader{src: bytes.NewReader(data), doubted: func(why doubt) { b.doubt = why }}
	_, err := io.Copy(io.Discard, reader)
	if err != nil {
		b.reportDoubt(0)
	}
	return err != nil
}

// checkYAMLText checks what must hold before the text is parsed: each line is
// UTF-8 without control characters and not endless, and its nodes are not so many
// that they fill the memory.
func (b *builder) checkYAMLText(data []byte) bool {
	number := 0
	for line := range bytes.Lines(data) {
		number++
		switch control := bytes.IndexFunc(line, isForbiddenInYAML); {
		case control >= 0 && line[control] == 0:
			b.reportFile(faultNUL, b.at(number))
		case len(line) > maxRecord:
			b.reportFile(faultLongLine, b.at(number), maxRecordText)
		case !utf8.Valid(line):
			b.reportFileValue(faultYAMLNotUTF8, b.at(number), string(bytes.TrimSpace(line)))
		case control >= 0:
			b.reportFileValue(faultControlCharacter, b.at(number), string(bytes.TrimSpace(line)), rune(line[control]))
		}
		if b.broken {
			return false
		}
	}
	if nodesAtMost(data) > maxYAMLNodes {
		b.reportFile(faultTooLarge, b.at(0), maxYAMLNodesText)
		return false
	}
	if bytes.HasPrefix(data, []byte("%YAML ")) {
		data[0] = '#' // The library refuses YAML 1.2, which means the same for a manifest.
	}
	return true
}

// isForbiddenInYAML reports whether r is an ASCII control character that YAML does
// not allow as it is.
func isForbiddenInYAML(r rune) bool {
	return (r < ' ' || r == 0x7f) && r != '\t' && r != '\n' && r != '\r'
}

// nodesAtMost returns a bound for the number of nodes of a YAML text: each starts
// a line or follows an indicator. An item of a list in brackets or braces counts
// as four, because the library takes that much more memory for it.
func nodesAtMost(data []byte) int {
	const flowItem = 4
	nodes, flow := 1, false
	for i, c := range data {
		switch c {
		case '[', '{':
			flow = true
			nodes++
		case ',':
			if flow {
				nodes += flowItem
			}
		case ':', '-', '?':
			if flow || i+1 == len(data) || data[i+1] <= ' ' {
				nodes++
			}
		case '\n', '#':
			nodes++
		}
	}
	return nodes
}

// parseYAML returns the document's node, nil if there is none or it is broken.
func (b *builder) parseYAML(data []byte) *yaml.Node {
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithV4Defaults(),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxYAMLDepth))))
	if err != nil {
		b.reportYAMLSyntax(err)
		return nil
	}
	var document, second yaml.Node
	if err := loader.Load(&document); err != nil {
		if errors.Is(err, io.EOF) {
			b.reportFile(faultEmpty, b.at(0))
		} else {
			b.reportYAMLSyntax(err)
		}
		return nil
	}
	if err := loader.Load(&second); err == nil {
		b.reportFile(faultYAMLDocuments, b.node(&second))
	} else if !errors.Is(err, io.EOF) {
		b.reportYAMLSyntax(err)
	}
	if document.Kind != yaml.DocumentNode || len(document.Content) == 0 {
		return nil
	}
	return document.Content[0]
}

// reportYAMLSyntax reports what the YAML library found, at its place.
func (b *builder) reportYAMLSyntax(err error) {
	var fault *yaml.LoadError
	if !errors.As(err, &fault) {
		b.reportFile(faultYAMLSyntax, b.at(0), escape(err.Error()))
		return
	}
	pos := b.at(fault.Mark.Line)
	pos.Col = fault.Mark.Column
	what := strings.TrimSpace(fault.ContextMsg + " " + fault.Message)
	b.reportFile(faultYAMLSyntax, pos, escape(what))
}
