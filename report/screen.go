package report

import (
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/rivo/uniseg"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	// barWidth is the bar's width where there is room for it, in columns.
	barWidth = 24
	// narrowBar is what is kept of the bar where the text wants more room; on a
	// screen of less than narrowScreen columns the text gets all of it.
	narrowBar    = 10
	narrowScreen = 60
	// usualColumns is the width of a terminal that does not tell.
	usualColumns = 80
	// clearLine is the ANSI sequence that empties a line, and its return.
	clearLine = "\x1b[2K\r"
)

// Screen is a terminal, or what stands in for one, that log lines and one
// progress bar share: a line is written where the bar was, and the bar below it
// again. Its methods may be called by several goroutines.
type Screen struct {
	mu    sync.Mutex
	w     io.Writer
	total int    // rows that the bar stands for; 0 while none is shown
	line  string // the bar as it is on the screen
	held  bool   // lines wait for those that follow at once
	lines []byte // that wait
}

// mostHeld is how much is held back at most, in bytes: some hundred lines.
const mostHeld = 64 << 10

// NewScreen returns a screen that writes to w.
func NewScreen(w io.Writer) *Screen { return &Screen{w: w} }

// Write writes whole lines above the bar.
func (s *Screen) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held && len(s.lines) == 0 {
		return len(lines), s.write(lines)
	}
	s.lines = append(s.lines, lines...)
	if s.held && len(s.lines) < mostHeld {
		return len(lines), nil
	}
	return len(lines), s.flush()
}

// Hold says whether more lines follow at once: while they do, what is written is
// held back, since a thousand lines written together cost a fraction of as many that
// are written one by one.
func (s *Screen) Hold(more bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held = more; !more {
		_ = s.flush()
	}
}

// flush writes the lines that wait. Callers hold the lock.
func (s *Screen) flush() error {
	if len(s.lines) == 0 {
		return nil
	}
	err := s.write(s.lines)
	s.lines = s.lines[:0]
	return err
}

// write writes lines where the bar is. Callers hold the lock.
func (s *Screen) write(lines []byte) error {
	if s.line != "" {
		lines = slices.Concat([]byte(clearLine), lines, []byte(s.line))
	}
	_, err := s.w.Write(lines)
	return err
}

// show starts a bar; the first update draws it.
func (s *Screen) show(total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total = total
}

// update draws the bar, and says beside it as much as the terminal is wide
// enough for: a line that wraps could not be taken away again.
func (s *Screen) update(done int, phrases []phrase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.total < 1 {
		return
	}
	s.line = drawLine(s.Columns(), done, s.total, phrases)
	_, _ = io.WriteString(s.w, clearLine+s.line)
}

// hide takes the bar away.
func (s *Screen) hide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.line != "" {
		_, _ = io.WriteString(s.w, clearLine)
	}
	s.total, s.line = 0, ""
}

// Columns returns how wide the screen is.
func (s *Screen) Columns() int {
	if columns := Columns(s.w); columns > 0 {
		return columns
	}
	return usualColumns
}

// Columns returns how wide the terminal is that w writes to, 0 where it is none.
func Columns(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0
	}
	columns, _, err := term.GetSize(int(f.Fd()))
	if err != nil || columns < 1 {
		return usualColumns
	}
	return columns
}

// drawLine returns a bar and the text beside it, in no more than so many
// columns, with room for the ^C that a terminal itself writes there.
func drawLine(columns, done, total int, phrases []phrase) string {
	bar := 0
	if columns >= narrowScreen {
		bar = narrowBar
	}
	room := columns - uniseg.StringWidth(fmt.Sprintf(" 100%%  (%d/%d)  ^C", total, total))
	text := fit(phrases, room-bar)
	bar = max(0, min(barWidth, room-uniseg.StringWidth(text)))

	drawing := progressbar.NewOptions(total,
		progressbar.OptionSetWriter(io.Discard),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionShowCount(),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetDescription(text),
		progressbar.OptionSetWidth(bar),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░"}),
	)
	_ = drawing.Set(done)
	return drawing.String()
}
