package live

import "sync/atomic"

// Seats bounds the readers of several topics together, so that streams never take the last file descriptor from the pages.
type Seats struct {
	max   int64
	taken atomic.Int64
}

// NewSeats gives at most max seats. With max ≤ 0 it leaves a tenth of the process's file descriptors, at least 64, to everything else.
func NewSeats(max int) *Seats {
	if max <= 0 {
		files := descriptors()
		max = files - files/10
		if files-max < 64 {
			max = files - 64
		}
		if max < 1 {
			max = 1
		}
	}
	return &Seats{max: int64(max)}
}

func (s *Seats) take() bool {
	if s == nil {
		return true
	}
	if s.taken.Add(1) > s.max {
		s.taken.Add(-1)
		return false
	}
	return true
}

func (s *Seats) leave() {
	if s != nil {
		s.taken.Add(-1)
	}
}
