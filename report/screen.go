package report

import (
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

const (
	// barWidth is the bar's width where there is room for it, in columns.
	barWidth = 24
	// narrowBar is what is kept of the bar where the text wants more room; in
	// less than narrowScreen columns the text gets all of it.
	narrowBar    = 10
	narrowScreen = 60
	// usualColumns is the width of a terminal that does not tell.
	usualColumns = 80
)

// Screen is a terminal, or what stands in for one, that log lines and one
// progress bar share: a line is written where the bar was, and the bar below it
// again. Its methods may be called by several goroutines.
type Screen struct {
	mu    sync.Mutex
	w     io.Writer
	bar   *progressbar.ProgressBar // nil while none is shown
	total int
}

// NewScreen returns a screen that writes to w.
func NewScreen(w io.Writer) *Screen { return &Screen{w: w} }

// Write writes whole lines above the bar.
func (s *Screen) Write(lines []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil {
		return s.w.Write(lines)
	}
	_ = s.bar.Clear()
	n, err := s.w.Write(lines)
	_ = s.bar.RenderBlank()
	return n, err
}

// show starts a bar.
func (s *Screen) show(total int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total = total
	s.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(s.w),
		progressbar.OptionSetVisibility(true),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionShowCount(),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetWidth(barWidth),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetTheme(progressbar.Theme{
			Saucer: "█", SaucerPadding: "░", BarStart: "", BarEnd: "",
		}),
	)
}

// update moves the bar, and says beside it as much as the terminal is wide
// enough for: a line that wraps could not be taken away again.
func (s *Screen) update(done int, phrases []phrase) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil {
		return
	}
	_ = s.bar.Clear()
	s.bar.Describe(fit(phrases, s.room()))
	_ = s.bar.Set(done)
}

// room returns how many columns are left beside the bar.
func (s *Screen) room() int {
	columns := usualColumns
	if f, ok := s.w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			columns = width
		}
	}
	bar := 0
	if columns >= narrowScreen {
		bar = narrowBar
	}
	// As progressbar writes it, with a blank at the end.
	return columns - len(fmt.Sprintf(" 100%%  (%d/%d)  ", s.total, s.total)) - bar
}

// hide takes the bar away.
func (s *Screen) hide() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil {
		return
	}
	_ = s.bar.Clear()
	s.bar = nil
}
