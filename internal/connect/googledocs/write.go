package googledocs

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/googleapi"

	"tocsin/internal/connect"
)

const seen = googleapi.Field("revisionId,namedRanges,body(content(startIndex,endIndex,paragraph(bullet(listId),paragraphStyle(namedStyleType)," +
	"elements(startIndex,endIndex,textRun(content,textStyle)))))")

// write brings the managed part in step. Nothing is sent when nothing differs. Someone who types at the same moment wins: the document
// is read again and the change worked out anew. Output revision changes when what the body says does, whoever changed it.
func (c *Connector) write(ctx context.Context, _ connect.Call, r connect.DocumentBody) (connect.Result, error) {
	if r.ID == "" {
		return connect.Result{}, refused("google: no document is named to write to")
	}
	want, err := wanted(r.Blocks)
	if err != nil {
		return connect.Result{}, err
	}
	file, err := c.file(ctx, r.ID)
	if err != nil {
		return connect.Result{}, unsent(err)
	}
	var failure error // of the last attempt, which the next reading explains
	var revision string
	for attempt := 0; ; attempt++ {
		d, err := c.docs.Documents.Get(r.ID).Fields(seen).Context(ctx).Do()
		if err != nil {
			return connect.Result{}, unsent(err)
		}
		if failure != nil && d.RevisionId == revision {
			return connect.Result{}, failed(failure) // nobody typed: it is our request that Google turns down
		}
		if attempt == 4 {
			return connect.Result{}, &connect.Error{Kind: connect.Retry, RetryAfter: 5 * time.Second, Message: "google: people are typing in the document: it is brought in step when it rests for a moment"}
		}
		revision = d.RevisionId
		requests := plan(read(d), want)
		if len(requests) == 0 {
			return written(r.ID, d), nil
		}
		if err := locked(file); err != nil {
			return connect.Result{}, err
		}
		update := &docs.BatchUpdateDocumentRequest{Requests: requests}
		if revision != "" {
			update.WriteControl = &docs.WriteControl{RequiredRevisionId: revision}
		}
		if _, err = c.docs.Documents.BatchUpdate(r.ID, update).Fields("documentId").Context(ctx).Do(); err == nil {
			if d, err = c.docs.Documents.Get(r.ID).Fields(seen).Context(ctx).Do(); err != nil {
				return connect.Result{}, failed(err)
			}
			return written(r.ID, d), nil
		}
		// A revision that moved on gives 400, as a request that makes no sense does.
		if e := connect.Failure(provider, err); e.Status != 400 || revision == "" {
			return connect.Result{}, failed(err)
		}
		failure = err
	}
}

// written is what came of a document that reads so. Google's own ids of revisions are no good for telling: they may change by themselves.
func written(id string, d *docs.Document) connect.Result {
	b, err := json.Marshal(d.Body)
	if err != nil {
		b = []byte(d.RevisionId)
	}
	sum := sha256.Sum256(b)
	return connect.Result{Ref: id, Outputs: map[string]string{"revision": hex.EncodeToString(sum[:8])}}
}
