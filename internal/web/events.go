package web

import (
	"fmt"
	"net/http"
	"time"

	"tocsin/internal/ledger"
)

// events tells an open page when its incident has changed. It says only that, not what: the page fetches the part it shows.
func (c *console) events(w http.ResponseWriter, r *http.Request) {
	i, err := c.Ledger.View(r.Context(), r.PathValue("id"))
	if err != nil {
		c.fail(w, r, err)
		return
	}
	id := i.ID
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("X-Accel-Buffering", "no")
	out := http.NewResponseController(w)
	changed := make(chan int64, 1)
	stop := c.Ledger.Watch(func(ch ledger.Change) {
		if ch.Incident != id {
			return
		}
		select {
		case <-changed: // only the newest matters
		default:
		}
		select {
		case changed <- ch.Seq:
		default:
		}
	})
	defer stop()
	if i, err = c.Ledger.View(r.Context(), id); err != nil { // as it is now that changes are heard
		c.fail(w, r, err)
		return
	}
	if _, err := fmt.Fprintf(w, "retry: 2000\nevent: hello\ndata: %d\n\n", i.Seq); err != nil || out.Flush() != nil {
		return
	}
	beat := time.NewTicker(15 * time.Second)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-r.Context().Done():
			return
		case seq := <-changed:
			_, err = fmt.Fprintf(w, "event: change\nid: %d\ndata: %d\n\n", seq, seq)
		case <-beat.C:
			_, err = fmt.Fprint(w, "event: beat\ndata: \n\n")
		}
		if err != nil || out.Flush() != nil {
			return
		}
	}
}
