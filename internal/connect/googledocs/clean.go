package googledocs

import (
	"context"
	"net/http"
	"time"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/drive/v3"

	"tocsin/internal/connect"
)

// clean gives the newest revision once nothing in it leaks, and how many names were replaced for that.
func (c *Connector) clean(ctx context.Context, call connect.Call, id string) (revision string, replaced int, err error) {
	for range 4 {
		revision, artefact, file, err := c.newest(ctx, id)
		if err != nil {
			return "", 0, err
		}
		if len(call.Leaks(artefact)) == 0 {
			return revision, replaced, nil
		}
		n := 0
		if call.Replace != nil {
			if err := locked(file); err != nil {
				return "", 0, err
			}
			if n, err = c.mend(ctx, id, file.Name, call.Replace); err != nil {
				return "", 0, err
			}
		}
		if n == 0 && replaced > 0 {
			return "", 0, &connect.Error{Kind: connect.Retry, RetryAfter: 5 * time.Second, Message: "google: a name that was typed into the document is replaced; it is published when Google shows the new revision"}
		}
		if n == 0 {
			break
		}
		replaced += n
	}
	words := "google: a name stands in the document where it can't be replaced, as in a suggestion or beside a picture; not published. " +
		"Take it out of the text, the title and the links, then try again"
	down, err := c.takeDown(ctx, call, id)
	if err != nil {
		return "", 0, err
	}
	if down {
		words += ". It had been published by hand or by itself: that was taken off the web"
	}
	return "", 0, refused("%s", words)
}

// takeDown takes the published revision off the web if it leaks: somebody may have published it in Google Docs, or have had it follow
// every change.
func (c *Connector) takeDown(ctx context.Context, call connect.Call, id string) (done bool, err error) {
	newest, shown, err := c.last(ctx, id)
	if err != nil || shown == "" {
		return false, err
	}
	text, pinned, err := c.export(ctx, id, shown)
	if err != nil || !pinned && shown != newest || len(call.Leaks(text)) == 0 {
		return false, err
	}
	off := &drive.Revision{ForceSendFields: []string{"Published", "PublishAuto"}}
	_, err = c.drive.Revisions.Update(id, shown, off).Fields("id").Context(ctx).Do()
	return err == nil, err
}

// mend replaces the names in a document and its title. Nobody's typing is lost: a document that changed since it was read is read again.
func (c *Connector) mend(ctx context.Context, id, title string, names replacer) (replaced int, err error) {
	if found := names(title); len(found) > 0 {
		if _, err := c.drive.Files.Update(id, &drive.File{Name: renamed(title, found)}).SupportsAllDrives(true).Fields("id").Context(ctx).Do(); err != nil {
			return 0, err
		}
		replaced += len(found)
	}
	var failure error // of the last attempt, which the next reading explains
	revision := ""
	for range 4 {
		d, err := c.docs.Documents.Get(id).IncludeTabsContent(true).Context(ctx).Do()
		if err != nil {
			return 0, err
		}
		if failure != nil && d.RevisionId == revision {
			return 0, failure // nobody typed: it is our request that Google turns down
		}
		revision = d.RevisionId
		requests, n := cleansed(d, names)
		if len(requests) == 0 {
			return replaced, nil
		}
		_, err = c.docs.Documents.BatchUpdate(id, &docs.BatchUpdateDocumentRequest{
			Requests: requests, WriteControl: &docs.WriteControl{RequiredRevisionId: revision},
		}).Fields("documentId").Context(ctx).Do()
		if err == nil {
			c.tell(ctx, id)
			return replaced + n, nil
		}
		if connect.Failure(provider, err).Status != http.StatusBadRequest { // as of a revision that moved on
			return 0, err
		}
		failure = err
	}
	return 0, &connect.Error{Kind: connect.Retry, RetryAfter: 5 * time.Second, Message: "google: people are typing in the document: a name in it is replaced when it rests for a moment"}
}

// tell says in the document, to whoever typed the name, what became of it. The timeline says so, too: a comment that can't be made keeps
// nothing back.
func (c *Connector) tell(ctx context.Context, id string) {
	word := &drive.Comment{Content: "Tocsin replaced a name that was typed here: the world reads this document. Please write team-member-N for people."}
	_, _ = c.drive.Comments.Create(id, word).Fields("id").Context(ctx).Do()
}

// renamed puts the replacements into a title.
func renamed(title string, found []connect.Replacement) string {
	for k := len(found) - 1; k >= 0; k-- {
		title = title[:found[k].Start] + found[k].Text + title[found[k].End:]
	}
	return title
}
