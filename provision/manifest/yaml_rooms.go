package manifest

import "go.yaml.in/yaml/v4"

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
			b.reportFileValue(faultYAMLRepeatedField, b.node(name), name.Value, line)
			continue
		}
		lines[key] = name.Line
		switch key {
		case defaultsName:
			defaults = value
		case roomsName:
			rooms = value
		default:
			b.reportFileValue(faultYAMLUnknownField, b.node(name), name.Value, defaultsName+", "+roomsName)
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

// tell hands on what stands in a room, defaults included, if anybody asks. What is
// no value stays none.
func (y *yamlRoom) tell(c *cells, from *origin) {
	if y.b.visitYAML == nil {
		return
	}
	told := *c
	for i := range y.b.columns {
		if text := y.b.columns[i].cell(&told); from.unread[i] && *text == "" {
			*text = noResult
		}
	}
	y.b.visitYAML(&told)
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
	for _, e := range y.readFields(node, &y.defaults, &from) {
		y.b.recordFile(e)
	}
	for i := range y.b.columns {
		column := &y.b.columns[i]
		text := clean(*column.cell(&y.defaults))
		pos := y.b.position(&from, i)
		if i == colTitle || i == colKey {
			if from.cells[i].line != 0 {
				e := newError(faultYAMLDefaultOwn, pos)
				e.Column = column.Name
				y.b.recordFile(e)
			}
		} else if f, args := y.b.checkCell(column, text); f != faultNone {
			e := newError(f, pos, args...)
			e.Column, e.Value = column.Name, text
			y.b.recordFile(e)
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
		y.tell(&cells{}, &origin{})
		if item.Kind == yaml.AliasNode {
			y.b.recordRow(row, y.fault(faultYAMLAlias, item, nil, kindName(item.Alias)))
			return
		}
		y.b.reportRow(row, faultYAMLRoom, y.b.node(item), kindName(item))
		return
	}
	c, from := y.defaults, origin{line: item.Line, col: item.Column}
	faults := y.readFields(item, &c, &from)
	row := y.b.add(&c, &from)
	if row == nil {
		return
	}
	y.tell(&c, &from)
	for _, e := range faults {
		y.b.recordRow(row, e)
	}
}

// readFields reads the fields of a mapping into c, notes their places, and returns
// what is wrong with them as fields; their texts are not checked here.
func (y *yamlRoom) readFields(node *yaml.Node, c *cells, from *origin) []*Error {
	var faults []*Error
	var seen [columnCount]int // the line of the field
	set := func(column *Column, name, value *yaml.Node) {
		seen[column.index] = name.Line
		from.cells[column.index] = mark{int32(value.Line), int32(value.Column)}
		text, e := y.scalar(value, column)
		*column.cell(c) = text
		if e != nil {
			faults = append(faults, e)
			from.unread[column.index] = true
		}
	}
	unmatched := false
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		column := y.field(name)
		switch {
		case column == nil:
			unmatched = true
		case seen[column.index] != 0:
			faults = append(faults, y.fault(faultYAMLRepeatedField, name, nil, seen[column.index]))
		default:
			set(column, name, node.Content[i+1])
		}
	}
	for i := 0; unmatched && i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		if y.field(name) != nil {
			continue
		}
		meant, e := y.unknownField(name)
		faults = append(faults, e)
		if meant != nil && seen[meant.index] == 0 {
			set(meant, name, node.Content[i+1]) // so that a misspelt title is not a missing one as well
		}
	}
	return faults
}

// field returns the column that a field's name means, nil if it is none.
func (y *yamlRoom) field(name *yaml.Node) *Column {
	if name.Kind != yaml.ScalarNode {
		return nil
	}
	return y.b.matchColumn(name.Value)
}

// unknownField says what is wrong with a field's name, and returns the column that
// it probably means, if any.
func (y *yamlRoom) unknownField(name *yaml.Node) (meant *Column, e *Error) {
	if name.ShortTag() == "!!merge" {
		return nil, y.fault(faultYAMLMerge, name, nil)
	}
	meant, spelling := closestColumn(y.b.columns, name.Value)
	if meant == nil {
		return nil, y.fault(faultYAMLUnknownField, name, nil, columnNames(y.b.columns))
	}
	return meant, y.fault(faultYAMLMisspeltField, name, nil, spelling)
}

// scalar returns the text of a value as it is written: 0123 is "0123" and yes is
// "yes". Null is "".
func (y *yamlRoom) scalar(value *yaml.Node, column *Column) (string, *Error) {
	if value.Kind == yaml.AliasNode {
		if value.Alias.Kind != yaml.ScalarNode {
			return "", y.fault(faultYAMLAlias, value, column, kindName(value.Alias))
		}
		value = value.Alias
	}
	if value.Kind != yaml.ScalarNode {
		return "", y.fault(faultYAMLValue, value, column, kindName(value))
	}
	switch tag := value.ShortTag(); tag {
	case "!!null":
		return "", nil
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp", "!!merge":
		return value.Value, nil
	default:
		return "", y.fault(faultYAMLTag, value, column, escape(tag))
	}
}

// fault describes what is wrong at a node; column is nil if it concerns none.
func (y *yamlRoom) fault(f fault, at *yaml.Node, column *Column, args ...any) *Error {
	e := newError(f, y.b.node(at), args...)
	e.Value = at.Value
	if at.Kind == yaml.AliasNode {
		e.Value = "*" + at.Value
	}
	if column != nil {
		e.Column, e.rank = column.Name, column.index
	}
	return e
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
