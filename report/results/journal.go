package results

import (
	"errors"
	"sync"
)

// errClosed is what an append to a closed journal gets.
var errClosed = errors.New("the results file is closed")

// journal appends records to a file and makes them durable. Whoever appends
// while an fsync is under way shares the next one (group commit): n callers at
// once cost two fsyncs, not n.
//
// A failed write or fsync is final. What the kernel did with the pages is not
// knowable, and a second fsync may report success for data that is gone, so
// every later append fails with the first error.
type journal struct {
	handle  Handle
	encoder *encoder
	wake    chan struct{} // tells the writer that next holds records; closed by close
	done    chan struct{} // closed when the writer has ended

	mu     sync.Mutex
	next   []entry
	err    error
	closed bool
}

// entry is what one caller appends.
type entry struct {
	records []Record
	done    func(error) // called once, when the records are durable or never will be
}

func startJournal(handle Handle, extra int) *journal {
	j := &journal{
		handle:  handle,
		encoder: newEncoder(extra),
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
	}
	go j.run()
	return j
}

// append takes records and returns at once; done is called from the writer's
// goroutine, in the order of the calls to append. It must not append.
func (j *journal) append(records []Record, done func(error)) {
	j.mu.Lock()
	err := j.err
	if j.closed {
		err = errClosed
	}
	if err == nil {
		j.next = append(j.next, entry{records, done})
		select {
		case j.wake <- struct{}{}:
		default:
		}
	}
	j.mu.Unlock()
	if err != nil {
		done(err)
	}
}

func (j *journal) run() {
	defer close(j.done)
	for range j.wake {
		j.mu.Lock()
		batch, err := j.next, j.err
		j.next = nil
		j.mu.Unlock()

		if err == nil && len(batch) > 0 {
			err = j.commit(batch)
		}

		j.mu.Lock()
		j.err = err
		j.mu.Unlock()
		for _, e := range batch {
			e.done(err)
		}
	}
}

// commit makes a batch durable with one write and one fsync.
func (j *journal) commit(batch []entry) error {
	j.encoder.reset()
	for _, e := range batch {
		for i := range e.records {
			j.encoder.record(&e.records[i])
		}
	}
	if _, err := j.handle.Write(j.encoder.buf); err != nil {
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
