package world

import (
	"bytes"
	"sync"
)

// printed is what processes print, which may be read while they do.
type printed struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write adds to it.
func (p *printed) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.Write(b)
}

// String is all of it so far.
func (p *printed) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.b.String()
}
