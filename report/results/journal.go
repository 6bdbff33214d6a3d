package results

import (
	"errors"
	"sync"
	"time"
)

// gather is how long after an fsync the next one waits for records to share it: at
// full speed an fsync for each millisecond costs a record three times what one every
// four does (2.1 and 0.7 µs of CPU), and nobody waits for either, since intents are
// written ahead.
const gather = 4 * time.Millisecond

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
	size    int64 // of the file
	encoder *encoder
	spans   []span        // of the records that were committed last
	wake    chan struct{} // tells the writer that next holds records; closed by close
	done    chan struct{} // closed when the writer has ended

	mu     sync.Mutex
	next   []addition
	err    error
	closed bool
}

// addition is what one caller appends.
type addition struct {
	records []*Record
	// done is called once, when the records are durable, with where they stand, or
	// when they never will be.
	done func([]span, error)
}

// startJournal appends behind the size that the file has.
func startJournal(handle Handle, size int64, extra int) *journal {
	j := &journal{
		handle:  handle,
		size:    size,
		encoder: newEncoder(extra),
		wake:    make(chan struct{}, 1),
		done:    make(chan struct{}),
	}
	go j.run()
	return j
}

// append takes records and returns at once; done is called from the writer's
// goroutine, in the order of the calls to append. It must not append, nor keep the
// spans.
func (j *journal) append(records []*Record, done func([]span, error)) {
	j.mu.Lock()
	err := j.err
	if j.closed {
		err = errClosed
	}
	if err == nil {
		j.next = append(j.next, addition{records, done})
		select {
		case j.wake <- struct{}{}:
		default:
		}
	}
	j.mu.Unlock()
	if err != nil {
		done(nil, err)
	}
}

func (j *journal) run() {
	defer close(j.done)
	var last time.Time // when something was committed
	for range j.wake {
		time.Sleep(time.Until(last.Add(gather)))
		j.mu.Lock()
		batch, err := j.next, j.err
		j.next = nil
		j.mu.Unlock()

		if err == nil && len(batch) > 0 {
			err = j.commit(batch)
			last = time.Now()
		}

		j.mu.Lock()
		j.err = err
		j.mu.Unlock()
		spans := j.spans
		for _, a := range batch {
			if err != nil {
				a.done(nil, err)
				continue
			}
			a.done(spans[:len(a.records)], nil)
			spans = spans[len(a.records):]
		}
	}
}

// commit makes a batch durable with one write and one fsync.
func (j *journal) commit(batch []addition) error {
	j.encoder.reset()
	j.spans = j.spans[:0]
	for _, a := range batch {
		for _, r := range a.records {
			at := j.encoder.record(r)
			at.offset += j.size
			j.spans = append(j.spans, at)
		}
	}
	if _, err := j.handle.Write(j.encoder.buf); err != nil {
		return err
	}
	j.size += int64(len(j.encoder.buf))
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
