//go:build unix

package live

import (
	"errors"
	"io"
	"syscall"
)

// wire tries to read and write sockets without ever waiting. It belongs to one goroutine.
type wire struct {
	buf   []byte
	n     int
	err   error
	junk  [512]byte
	write func(fd uintptr) bool // made once, so that a delivery allocates nothing
	read  func(fd uintptr) bool
}

func newWire() *wire {
	w := &wire{}
	w.write = func(fd uintptr) bool {
		w.n, w.err = again(syscall.Write(int(fd), w.buf))
		return true
	}
	w.read = func(fd uintptr) bool {
		w.n, w.err = syscall.Read(int(fd), w.junk[:])
		if w.n == 0 && w.err == nil {
			w.err = io.EOF
		}
		w.n, w.err = again(w.n, w.err)
		return true
	}
	return w
}

// again reads "not now" as nothing done.
func again(n int, err error) (int, error) {
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR) {
		return 0, nil
	}
	return max(n, 0), err
}

// send writes what the socket takes at once and says how much that was.
func (w *wire) send(c syscall.RawConn, b []byte) (int, error) {
	w.buf = b
	if err := c.Write(w.write); err != nil {
		return 0, err
	}
	w.buf = nil
	return w.n, w.err
}

// gone reports whether the other side has hung up. What it sent is thrown away: readers have nothing to say.
func (w *wire) gone(c syscall.RawConn) bool {
	return c.Read(w.read) != nil || w.err != nil
}

// raw gives the socket of a connection that can be used without waiting.
func raw(c any) (syscall.RawConn, bool) {
	s, ok := c.(syscall.Conn)
	if !ok {
		return nil, false
	}
	r, err := s.SyscallConn()
	return r, err == nil
}

// descriptors is how many files the process may have open.
func descriptors() int {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &l); err != nil || l.Cur > 1<<20 {
		return 1 << 20
	}
	return int(l.Cur)
}
