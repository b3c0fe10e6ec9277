package googledocs

import (
	"context"
	"time"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/googleapi"

	"tocsin/internal/connect"
)

const seen = googleapi.Field("revisionId,namedRanges,body(content(startIndex,endIndex,paragraph(bullet(listId),paragraphStyle(namedStyleType)," +
	"elements(startIndex,endIndex,textRun(content,textStyle)))))")

// write brings the managed part in step. Nothing is sent when nothing differs. Someone who types at the same moment wins: the document
// is read again and the change worked out anew.
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
			return connect.Result{Ref: r.ID, Outputs: map[string]string{"revision": revision}}, nil
		}
		if err := locked(file); err != nil {
			return connect.Result{}, err
		}
		update := &docs.BatchUpdateDocumentRequest{Requests: requests}
		if revision != "" {
			update.WriteControl = &docs.WriteControl{RequiredRevisionId: revision}
		}
		done, err := c.docs.Documents.BatchUpdate(r.ID, update).Fields("writeControl").Context(ctx).Do()
		if err == nil {
			if done.WriteControl != nil && done.WriteControl.RequiredRevisionId != "" {
				revision = done.WriteControl.RequiredRevisionId
			}
			return connect.Result{Ref: r.ID, Outputs: map[string]string{"revision": revision}}, nil
		}
		// A revision that moved on gives 400, as a request that makes no sense does.
		if e := connect.Failure(provider, err); e.Status != 400 || revision == "" {
			return connect.Result{}, failed(err)
		}
		failure = err
	}
}
