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
func readYAML(r io.Reader, b *builder, _ Options) error {
	text, err := b.openText(r)
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
	if !b.checkYAMLText(data) {
		return nil
	}
	if root := b.parseYAML(data); root != nil {
		b.readYAMLRoot(root)
	}
	return nil
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
			b.reportFile(faultNotUTF8, b.at(number)).Value = string(bytes.TrimSpace(line))
		case control >= 0:
			b.reportFile(faultControlCharacter, b.at(number), rune(line[control])).Value = string(bytes.TrimSpace(line))
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

func (b *builder) readYAMLRoot(root *yaml.Node) {
	room := yamlRoom{b: b}
	switch root.Kind {
	case yaml.SequenceNode:
		room.readList(root)
	case yaml.MappingNode:
		b.readYAMLMapping(root)
	default:
		if isNull(root) {
			b.reportFile(faultNoRooms, b.at(0))
			return
		}
		b.reportFile(faultYAMLTop, b.node(root), kindName(root))
	}
}

// readYAMLMapping reads a mapping with defaults and rooms.
func (b *builder) readYAMLMapping(root *yaml.Node) {
	const defaultsName, roomsName = "defaults", "rooms"
	var defaults, rooms *yaml.Node
	lines := map[string]int{}
	for i := 0; i+1 < len(root.Content); i += 2 {
		name, value := root.Content[i], root.Content[i+1]
		key := normalizeName(name.Value)
		if line, repeated := lines[key]; repeated {
			b.reportHeader(faultYAMLRepeatedField, b.node(name), name.Value, line)
			continue
		}
		lines[key] = name.Line
		switch key {
		case defaultsName:
			defaults = value
		case roomsName:
			rooms = value
		default:
			b.reportHeader(faultYAMLUnknownField, b.node(name), name.Value, defaultsName+", "+roomsName)
		}
	}
	if rooms == nil {
		b.reportFile(faultYAMLNoRooms, b.node(root))
	}
	room := yamlRoom{b: b}
	if defaults != nil {
		room.readDefaults(defaults)
	}
	switch {
	case rooms == nil:
	case rooms.Kind == yaml.SequenceNode:
		room.readList(rooms)
	case isNull(rooms):
		b.reportFile(faultNoRooms, b.node(rooms))
	default:
		b.reportFile(faultYAMLRooms, b.node(rooms), kindName(rooms))
	}
}

// yamlRoom reads rooms on top of defaults.
type yamlRoom struct {
	b        *builder
	defaults cells
}

// readDefaults reads what rooms share. A fault in it is reported once, here, and
// no row can be relied upon.
func (y *yamlRoom) readDefaults(node *yaml.Node) {
	if isNull(node) {
		return
	}
	if node.Kind != yaml.MappingNode {
		y.b.reportFile(faultYAMLDefaults, y.b.node(node), kindName(node))
		return
	}
	var from origin
	y.readFields(node, &y.defaults, &from, func(f fault, at *yaml.Node, column *Column, args ...any) {
		e := y.b.reportFile(f, y.b.node(at), args...)
		e.Value = written(at)
		if column != nil {
			e.Column = column.Name
		}
	})
	for i := range y.b.columns {
		column := &y.b.columns[i]
		text := clean(*column.cell(&y.defaults))
		pos := y.b.position(&from, i)
		if i == colTitle || i == colKey {
			if from.cells[i].line != 0 {
				y.b.reportFile(faultYAMLDefaultOwn, pos).Column = column.Name
			}
		} else if f, args := checkCell(column, text); f != faultNone && text != "" {
			e := y.b.reportFile(f, pos, args...)
			e.Column, e.Value = column.Name, text
		} else {
			continue
		}
		*column.cell(&y.defaults) = ""
	}
}

func (y *yamlRoom) readList(list *yaml.Node) {
	if len(list.Content) == 0 {
		y.b.reportFile(faultNoRooms, y.b.node(list))
	}
	for i, item := range list.Content {
		if y.b.full {
			return
		}
		y.readRoom(item)
		list.Content[i] = nil // its row is made; its nodes are large
	}
}

func (y *yamlRoom) readRoom(item *yaml.Node) {
	if item.Kind != yaml.MappingNode {
		row := y.b.addTorn(&cells{}, &origin{line: item.Line, col: item.Column})
		if item.Kind == yaml.AliasNode {
			y.b.reportRow(row, faultYAMLAlias, y.b.node(item), kindName(item.Alias)).Value = written(item)
			return
		}
		y.b.reportRow(row, faultYAMLRoom, y.b.node(item), kindName(item))
		return
	}
	c, from := y.defaults, origin{line: item.Line, col: item.Column}
	var faults []*Error
	y.readFields(item, &c, &from, func(f fault, at *yaml.Node, column *Column, args ...any) {
		e := newError(f, y.b.node(at), args...)
		e.Value = written(at)
		if column != nil {
			e.Column, e.rank = column.Name, column.index
		}
		faults = append(faults, e)
	})
	row := y.b.add(&c, &from)
	for _, e := range faults {
		e.Row, row.Invalid = row.Number, true
	}
	for _, e := range faults {
		y.b.record(e)
	}
}

// readFields reads the fields of a mapping into c and notes their places.
func (y *yamlRoom) readFields(node *yaml.Node, c *cells, from *origin, report func(fault, *yaml.Node, *Column, ...any)) {
	var seen [columnCount]int
	set := func(column *Column, name, value *yaml.Node) {
		seen[column.index] = name.Line
		from.cells[column.index] = mark{int32(value.Line), int32(value.Column)} //nolint:gosec // maxYAML bounds both.
		*column.cell(c), _ = y.scalar(value, column, report)
	}
	unmatched := false
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		column := y.field(name)
		switch {
		case column == nil:
			unmatched = true
		case seen[column.index] != 0:
			report(faultYAMLRepeatedField, name, nil, seen[column.index])
		default:
			set(column, name, node.Content[i+1])
		}
	}
	for i := 0; unmatched && i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		if y.field(name) != nil {
			continue
		}
		if meant := y.reportField(name, report); meant != nil && seen[meant.index] == 0 {
			set(meant, name, node.Content[i+1]) // so that a misspelt title is not a missing one as well
		}
	}
}

// field returns the column that a field's name means, nil if it is none.
func (y *yamlRoom) field(name *yaml.Node) *Column {
	if name.Kind != yaml.ScalarNode {
		return nil
	}
	return y.b.matchColumn(name.Value)
}

// reportField says what is wrong with a field's name, and returns the column that
// it probably means, if any.
func (y *yamlRoom) reportField(name *yaml.Node, report func(fault, *yaml.Node, *Column, ...any)) *Column {
	if name.ShortTag() == "!!merge" {
		report(faultYAMLMerge, name, nil)
		return nil
	}
	meant, spelling := closestColumn(y.b.columns, name.Value)
	if meant == nil {
		report(faultYAMLUnknownField, name, nil, columnNames(y.b.columns))
		return nil
	}
	report(faultYAMLMisspeltField, name, nil, spelling)
	return meant
}

// scalar returns the text of a value as it is written: 0123 is "0123" and yes is
// "yes". Null is "".
func (y *yamlRoom) scalar(value *yaml.Node, column *Column, report func(fault, *yaml.Node, *Column, ...any)) (string, bool) {
	if value.Kind == yaml.AliasNode {
		if value.Alias.Kind != yaml.ScalarNode {
			report(faultYAMLAlias, value, column, kindName(value.Alias))
			return "", false
		}
		value = value.Alias
	}
	if value.Kind != yaml.ScalarNode {
		report(faultYAMLValue, value, column, kindName(value))
		return "", false
	}
	switch tag := value.ShortTag(); tag {
	case "!!null":
		return "", true
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp", "!!merge":
		return value.Value, true
	default:
		report(faultYAMLTag, value, column, escape(tag))
		return "", false
	}
}

func isNull(node *yaml.Node) bool {
	return node.Kind == yaml.ScalarNode && node.ShortTag() == "!!null"
}

// node returns the position of a YAML node.
func (b *builder) node(node *yaml.Node) Position {
	pos := b.at(node.Line)
	pos.Col = node.Column
	return pos
}

// written returns what stands at a node, as far as a message can show it.
func written(node *yaml.Node) string {
	if node.Kind == yaml.AliasNode {
		return "*" + node.Value
	}
	return node.Value
}

// kindName says in plain words what a node is.
func kindName(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	default:
		if isNull(node) {
			return "empty"
		}
		return "a single value"
	}
}
