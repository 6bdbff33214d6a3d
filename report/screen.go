package report

import (
	"io"
	"sync"

	"github.com/schollz/progressbar/v3"
)

// Screen is a terminal, or what stands in for one, that log lines and one
// progress bar share: a line is written where the bar was, and the bar below it
// again. Its methods may be called by several goroutines.
type Screen struct {
	mu  sync.Mutex
	w   io.Writer
	bar *progressbar.ProgressBar // nil while none is shown
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
	s.bar = progressbar.NewOptions(total,
		progressbar.OptionSetWriter(s.w),
		progressbar.OptionSetVisibility(true),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetElapsedTime(false),
		progressbar.OptionShowCount(),
		progressbar.OptionShowDescriptionAtLineEnd(),
		progressbar.OptionSetWidth(24),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetTheme(progressbar.Theme{
			Saucer: "█", SaucerPadding: "░", BarStart: "", BarEnd: "",
		}),
	)
}

// update moves the bar.
func (s *Screen) update(done int, description string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar == nil {
		return
	}
	s.bar.Describe(description)
	_ = s.bar.Set(done)
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
