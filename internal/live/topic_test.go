package live

import (
	"strings"
	"testing"
)

func TestSince(t *testing.T) {
	t.Parallel()
	topic := New(Options{Ring: 3})
	topic.Set(10, []byte("whole 10"))
	steps := []struct {
		name string
		do   func()
		at   int64
		want string
		to   int64
	}{
		{"new reader gets the whole", nil, fresh, "event: reset\nid: 10\ndata: whole 10\n\n", 10},
		{"who has seen it gets nothing", nil, 10, "", 10},
		{"who was elsewhere gets the whole", nil, 7, "event: reset\nid: 10\ndata: whole 10\n\n", 10},
		{"set and not yet published", func() { topic.Set(12, []byte("whole 12")) }, 12, "", 12},
		{"the next", func() { topic.Publish(12, []byte("a\nb")) }, 10, "id: 12\ndata: a\ndata: b\n\n", 12},
		{"no double", nil, 12, "", 12},
		{"an old version is ignored", func() { topic.Publish(12, []byte("again")) }, 12, "", 12},
		{"two at once", func() { topic.Set(13, []byte("whole 13")); topic.Publish(13, []byte("c")) }, 10,
			"id: 12\ndata: a\ndata: b\n\nid: 13\ndata: c\n\n", 13},
		{"the ring forgets", func() {
			for _, v := range []int64{14, 15} {
				topic.Set(v, []byte("whole"))
				topic.Publish(v, []byte("d"))
			}
		}, 10, "event: reset\nid: 15\ndata: whole\n\n", 15},
		{"the ring remembers", nil, 12, "id: 13\ndata: c\n\nid: 14\ndata: d\n\nid: 15\ndata: d\n\n", 15},
		{"between two versions there is nothing", nil, 11, "event: reset\nid: 15\ndata: whole\n\n", 15},
		{"from the future", nil, 99, "event: reset\nid: 15\ndata: whole\n\n", 15},
	}
	for _, s := range steps {
		if s.do != nil {
			s.do()
		}
		got, to := topic.since(s.at)
		if string(got) != s.want || to != s.to {
			t.Errorf("%s: since(%d) = %q, %d; want %q, %d", s.name, s.at, got, to, s.want, s.to)
		}
	}
}

func TestWithoutSnapshot(t *testing.T) {
	t.Parallel()
	topic := New(Options{})
	if b, to := topic.since(fresh); len(b) != 0 || to != 0 {
		t.Errorf("a new reader of an empty topic gets %q, %d", b, to)
	}
	topic.Publish(1, []byte("x"))
	if b, _ := topic.since(0); string(b) != "id: 1\ndata: x\n\n" {
		t.Errorf("the first event: %q", b)
	}
	if b, _ := topic.since(77); !strings.HasPrefix(string(b), "event: reset\nid: 1\n") {
		t.Errorf("a reader from elsewhere is not told so: %q", b)
	}
}

func TestRingIsBounded(t *testing.T) {
	t.Parallel()
	topic := New(Options{})
	big := []byte(strings.Repeat("x", 300<<10))
	for v := int64(1); v <= 20; v++ {
		topic.Publish(v, big)
	}
	if topic.held > ringBytes || len(topic.ring) == 0 {
		t.Errorf("the ring holds %d bytes in %d events", topic.held, len(topic.ring))
	}
}

func TestEncodeKeepsLines(t *testing.T) {
	t.Parallel()
	if got := string(encode("", 1, []byte("a\r\n\nid: 9"))); got != "id: 1\ndata: a\ndata: \ndata: id: 9\n\n" {
		t.Errorf("%q", got)
	}
	if got := string(encode("", 1, []byte("a\rid: 9"))); strings.Contains(got, "\r") {
		t.Errorf("a carriage return ends a line too: %q", got)
	}
}

func TestSeats(t *testing.T) {
	t.Parallel()
	s := NewSeats(1)
	if !s.take() || s.take() {
		t.Error("one seat, one reader")
	}
	if s.leave(); !s.take() {
		t.Error("a seat left is free")
	}
	if NewSeats(0).max < 1 {
		t.Error("no seats at all")
	}
	if !(*Seats)(nil).take() {
		t.Error("nil bounds nothing")
	}
}
