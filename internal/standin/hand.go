package standin

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/drive/v3"
)

// byHand is what people do to a document, or to its file, without the API: POST /_documents/{document}/{act}.
var byHand = map[string]func(*google, *driveFile, handwork) error{
	"type": func(_ *google, f *driveFile, w handwork) error { return f.typed(w) },
	"lock": func(_ *google, f *driveFile, w handwork) error {
		f.ContentRestrictions = []*drive.ContentRestriction{{ReadOnly: true, Reason: w.Text, RestrictionTime: googleTime(w.request.now), Type: "globalContentRestriction"}}
		return nil
	},
	"unlock":  func(_ *google, f *driveFile, _ handwork) error { f.ContentRestrictions = nil; return nil },
	"trash":   func(_ *google, f *driveFile, _ handwork) error { f.Trashed = true; return nil },
	"restore": func(_ *google, f *driveFile, _ handwork) error { f.Trashed = false; return nil },
	"delete": func(g *google, f *driveFile, _ handwork) error {
		g.files = slices.DeleteFunc(g.files, func(one *driveFile) bool { return one == f })
		return nil
	},
}

// handwork says how something is done by hand.
type handwork struct {
	Text  string `json:"text"`  // of type: what is typed; of lock: the reason given
	After string `json:"after"` // of type: words behind which it is typed; "": at the end

	request *request
}

// typed puts a person's text into the document, which makes a revision as any edit does.
func (f *driveFile) typed(w handwork) error {
	next := f.draft.clone()
	at := next.end() - 1
	if w.After != "" {
		i := strings.Index(f.text(), w.After)
		if i < 0 {
			return fmt.Errorf("The document does not say %q.", w.After)
		}
		at = int64(len(units(f.text()[:i+len(w.After)]))) + 1
	}
	if f.locked() {
		return errors.New("The document is locked.")
	}
	if err := next.insertText(&docs.InsertTextRequest{Location: &docs.Location{Index: at}, Text: w.Text}); err != nil {
		return err
	}
	next.edits++
	f.draft = next
	f.revise(w.request.now)
	f.head().LastModifyingUser = &drive.User{Kind: "drive#user", DisplayName: "Somebody", EmailAddress: "somebody@example.com"}
	return nil
}

// locked tells whether nobody may edit the file.
func (f *driveFile) locked() bool {
	return slices.ContainsFunc(f.ContentRestrictions, func(r *drive.ContentRestriction) bool { return r.ReadOnly })
}

// handle does to a document what the path names.
func (s *Server) handle(out http.ResponseWriter, in *http.Request) {
	w, base := s.now(in)
	r, _ := read(in, base)
	work := handwork{request: r}
	act := byHand[in.PathValue("act")]
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.google.document(in.PathValue("document"))
	var err error
	switch {
	case act == nil || f == nil:
		http.NotFound(out, in)
		return
	case len(r.body) > 0:
		err = json.Unmarshal(r.body, &work)
	}
	if err == nil {
		err = act(w.google, f, work)
	}
	if err != nil {
		http.Error(out, err.Error(), http.StatusBadRequest)
		return
	}
	out.WriteHeader(http.StatusNoContent)
}
