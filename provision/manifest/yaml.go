package manifest

import (
	"bytes"
	"errors"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// maxYAML is the most bytes of YAML that are read: YAML must be in memory as a
// whole, at many times its size. It is room for some 100,000 rooms.
const (
	maxYAML     = 16 << 20
	maxYAMLText = "16 MiB"
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
	if i := bytes.IndexByte(data, 0); i >= 0 {
		b.reportFile(faultNUL, b.at(1+bytes.Count(data[:i], []byte{'\n'})))
		return nil
	}
	if root := b.parseYAML(data); root != nil {
		b.readYAMLRoot(root)
	}
	return nil
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
	from     origin // of the defaults
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
	y.readFields(node, &y.defaults, &y.from, func(f fault, at *yaml.Node, column *Column, args ...any) {
		e := y.b.reportFile(f, y.b.node(at), args...)
		e.Value = at.Value
		if column != nil {
			e.Column = column.Name
		}
	})
	for i := range y.b.columns {
		column := &y.b.columns[i]
		text := clean(*column.cell(&y.defaults))
		pos := y.b.position(&y.from, i)
		if i == colTitle || i == colKey {
			if y.from.cells[i].line != 0 {
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
		y.readRoom(item)
		list.Content[i] = nil // its row is made; its nodes are large
	}
}

func (y *yamlRoom) readRoom(item *yaml.Node) {
	if item.Kind != yaml.MappingNode {
		row := y.b.addTorn(&cells{}, item.Line)
		if item.Kind == yaml.AliasNode {
			y.b.reportRow(row, faultYAMLAlias, y.b.node(item), kindName(item.Alias))
			return
		}
		y.b.reportRow(row, faultYAMLRoom, y.b.node(item), kindName(item)).Value = item.Value
		return
	}
	c, from := y.defaults, y.from
	from.line = item.Line
	var faults []*Error
	y.readFields(item, &c, &from, func(f fault, at *yaml.Node, column *Column, args ...any) {
		e := newError(f, y.b.node(at), args...)
		e.Value = at.Value
		if column != nil {
			e.Column, e.rank = column.Name, column.index
		}
		faults = append(faults, e)
	})
	row := y.b.add(&c, &from)
	for _, e := range faults {
		e.Row, row.Invalid = row.Number, true
	}
	y.b.faults = append(y.b.faults, faults...)
}

// readFields reads the fields of a mapping into c and notes their places.
func (y *yamlRoom) readFields(node *yaml.Node, c *cells, from *origin, report func(fault, *yaml.Node, *Column, ...any)) {
	var seen [columnCount]int
	for i := 0; i+1 < len(node.Content); i += 2 {
		name, value := node.Content[i], node.Content[i+1]
		column := y.field(name, report)
		if column == nil {
			continue
		}
		if line := seen[column.index]; line != 0 {
			report(faultYAMLRepeatedField, name, nil, line)
			continue
		}
		seen[column.index] = name.Line
		from.cells[column.index] = mark{int32(value.Line), int32(value.Column)} //nolint:gosec // maxYAML bounds both.
		*column.cell(c) = ""
		if text, ok := y.scalar(value, column, report); ok {
			*column.cell(c) = text
		}
	}
}

// field returns the column that a field's name means.
func (y *yamlRoom) field(name *yaml.Node, report func(fault, *yaml.Node, *Column, ...any)) *Column {
	if name.Kind != yaml.ScalarNode {
		report(faultYAMLUnknownField, name, nil, columnNames(y.b.columns))
		return nil
	}
	column := matchColumn(y.b.columns, name.Value)
	if column != nil {
		return column
	}
	if _, spelling := closestColumn(y.b.columns, name.Value); spelling != "" {
		report(faultYAMLMisspeltField, name, nil, spelling)
	} else {
		report(faultYAMLUnknownField, name, nil, columnNames(y.b.columns))
	}
	return nil
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
