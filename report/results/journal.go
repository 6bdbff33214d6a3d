package results

import (
	"errors"
	"sync"
)

// errClosed is what an append to a closed journal gets.
var errClosed = errors.New("the results file is closed")

// journal appends lines to a file and makes them durable. Whoever appends
// while an fsync is under way shares the next one (group commit): n callers at
// once cost two fsyncs, not n.
//
// A failed write or fsync is final. What the kernel did with the pages is not
// knowable, and a second fsync may report success for data that is gone, so
// every later append fails with the first error.
type journal struct {
	handle Handle
	wake   chan struct{} // tells the writer that next holds lines; closed by close
	done   chan struct{} // closed when the writer has ended

	mu     sync.Mutex
	next   *batch
	err    error
	closed bool
}

// batch is what one write and one fsync cover.
type batch struct {
	lines   []byte
	durable chan struct{} // closed when err is set
	err     error
}

func newBatch() *batch { return &batch{durable: make(chan struct{})} }

func startJournal(handle Handle) *journal {
	j := &journal{
		handle: handle,
		wake:   make(chan struct{}, 1),
		done:   make(chan struct{}),
		next:   newBatch(),
	}
	go j.run()
	return j
}

// append returns when the lines are on stable storage, or with the reason why
// they may not be.
func (j *journal) append(lines []byte) error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return errClosed
	}
	if j.err != nil {
		j.mu.Unlock()
		return j.err
	}
	b := j.next
	b.lines = append(b.lines, lines...)
	select {
	case j.wake <- struct{}{}:
	default:
	}
	j.mu.Unlock()

	<-b.durable
	return b.err
}

func (j *journal) run() {
	defer close(j.done)
	for range j.wake {
		j.mu.Lock()
		b := j.next
		j.next = newBatch()
		err := j.err
		j.mu.Unlock()

		if err == nil {
			err = j.commit(b.lines)
		}

		j.mu.Lock()
		j.err = err
		j.mu.Unlock()
		b.err = err
		close(b.durable)
	}
}

func (j *journal) commit(lines []byte) error {
	if len(lines) == 0 {
		return nil
	}
	if _, err := j.handle.Write(lines); err != nil {
		return err
	}
	return j.handle.Sync()
}

// failed returns the error that ended the journal, nil while it works.
func (j *journal) failed() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

// close waits for what is being written and closes the file.
func (j *journal) close() error {
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return nil
	}
	j.closed = true
	close(j.wake)
	j.mu.Unlock()
	<-j.done
	return j.handle.Close()
}
