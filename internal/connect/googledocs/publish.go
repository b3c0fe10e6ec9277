package googledocs

import (
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/html"
	"google.golang.org/api/drive/v3"

	"tocsin/internal/connect"
	"tocsin/internal/connect/google"
)

// publish puts the newest revision on the web after that very revision passed the leak check, title and links included. A name that
// somebody typed is replaced first, which makes a new revision. Which name was found is not said: the message may be shown where names
// must not.
func (c *Connector) publish(ctx context.Context, call connect.Call, r connect.DocumentRef) (connect.Result, error) {
	if r.ID == "" {
		return connect.Result{}, refused("google: no document is named to publish")
	}
	if call.Leaks == nil {
		return connect.Result{}, refused("google: nothing is published without a leak check")
	}
	revision, replaced, err := c.clean(ctx, call, r.ID)
	if err != nil {
		return connect.Result{}, unsent(err)
	}
	set := &drive.Revision{Published: true, PublishAuto: false, PublishedOutsideDomain: true, ForceSendFields: []string{"PublishAuto"}}
	done, err := c.drive.Revisions.Update(r.ID, revision, set).Fields("id,published,publishedOutsideDomain,publishedLink").Context(ctx).Do()
	if err != nil {
		e := failed(err)
		if e.Status == 403 && e.Kind == connect.Refused && e.Scope == "" && !google.Because(err, "accessNotConfigured", "SERVICE_DISABLED") {
			e.Message += outside
		}
		return connect.Result{}, e
	}
	if !done.Published || !done.PublishedOutsideDomain {
		return connect.Result{}, refused("google took the document but does not show it to the world%s", outside)
	}
	link := done.PublishedLink
	if link == "" {
		link = "https://docs.google.com/document/d/" + url.PathEscape(r.ID) + "/pub"
	}
	out := map[string]string{"revision": revision}
	if replaced > 0 {
		out["replaced"] = strconv.Itoa(replaced)
	}
	return connect.Result{Ref: r.ID, URL: link, Outputs: out}, nil
}

const outside = ": a Google Workspace administrator can allow it in the Admin console under Apps › Google Workspace › Drive and Docs › " +
	"Sharing settings › Sharing options › publish files on the web; till then use Tocsin's own public page"

// newest gives the last revision's id, and everything in it that the world would read.
func (c *Connector) newest(ctx context.Context, id string) (revision, artefact string, file *drive.File, err error) {
	for range 3 {
		if revision, _, err = c.last(ctx, id); err != nil {
			return "", "", nil, err
		}
		if file, err = c.file(ctx, id); err != nil {
			return "", "", nil, err
		}
		text, pinned, err := c.export(ctx, id, revision)
		if err != nil {
			return "", "", nil, err
		}
		if !pinned {
			// What was read is the newest text: it is this revision's only if that is the newest still.
			now, _, err := c.last(ctx, id)
			if err != nil {
				return "", "", nil, err
			}
			if now != revision {
				continue
			}
		}
		return revision, file.Name + "\n" + text, file, nil
	}
	return "", "", nil, &connect.Error{Kind: connect.Retry, RetryAfter: 10 * time.Second, Message: "google: the document is being edited: it is published when it rests for a moment"}
}

// last gives the id of the newest revision, and of the one that is published, if one is.
func (c *Connector) last(ctx context.Context, id string) (newest, shown string, err error) {
	for page := ""; ; {
		list, err := c.drive.Revisions.List(id).PageSize(1000).PageToken(page).Fields("nextPageToken,revisions(id,published)").Context(ctx).Do()
		if err != nil {
			return "", "", err
		}
		for _, r := range list.Revisions {
			if newest = r.Id; r.Published {
				shown = r.Id
			}
		}
		if page = list.NextPageToken; page == "" {
			break
		}
	}
	if newest == "" {
		return "", "", &connect.Error{Kind: connect.Retry, Message: "google shows no revision of the document yet"}
	}
	return newest, shown, nil
}

// export gives the text of a revision and the addresses its links lead to. Pinned says that it surely is of that revision; else it is of
// the newest one.
func (c *Connector) export(ctx context.Context, id, revision string) (text string, pinned bool, err error) {
	r, err := c.drive.Revisions.Get(id, revision).Fields("id,exportLinks").Context(ctx).Do()
	if err != nil {
		return "", false, err
	}
	plain, page := r.ExportLinks["text/plain"], r.ExportLinks["text/html"]
	if !google.Trusted(plain, c.base) {
		text, err = c.account.Text(ctx, c.base+"/files/"+url.PathEscape(id)+"/export?mimeType="+url.QueryEscape("text/plain"), "text/plain")
		return text, false, err
	}
	if text, err = c.account.Text(ctx, plain, "text/plain"); err != nil {
		return "", false, err
	}
	if google.Trusted(page, c.base) {
		source, err := c.account.Text(ctx, page, "text/html")
		if err != nil {
			return "", false, err
		}
		text += "\n" + links(source)
	}
	return text, true, nil
}

// links lists what a page's links lead to and what its images are called, a line each: the plain text does not show them, readers can.
// Google wraps links in one of its own.
func links(page string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				switch a.Key {
				case "href":
					b.WriteString(plainAddress(a.Val) + "\n")
				case "alt", "title":
					b.WriteString(a.Val + "\n")
				}
			}
		}
	}
}
