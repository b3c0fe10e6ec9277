package googledocs

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/api/drive/v3"

	"tocsin/internal/connect"
)

const (
	document = "application/vnd.google-apps.document"
	// property is where our mark stands on a document. It is seen only by our own OAuth client.
	property = "tocsin_op"
)

// create makes an empty document through Drive, for only Drive stamps it at birth.
func (c *Connector) create(ctx context.Context, call connect.Call, r connect.DocumentRequest) (connect.Result, error) {
	f := &drive.File{Name: title(r.Title.String()), MimeType: document, AppProperties: map[string]string{property: call.Mark}}
	if c.folder != "" {
		f.Parents = []string{c.folder}
	}
	made, err := c.drive.Files.Create(f).SupportsAllDrives(true).Fields("id,webViewLink").Context(ctx).Do()
	if err != nil {
		e := connect.Failure(provider, err)
		if e.Status == 404 && c.folder != "" {
			return connect.Result{}, refused("google: the folder of connectors.google.folder does not exist, or our account may not write there")
		}
		return connect.Result{}, e
	}
	if made.Id == "" {
		return connect.Result{}, &connect.Error{Kind: connect.Unknown, Message: "google made the document and does not say which it is"}
	}
	return c.made(made), nil
}

// find looks for the document by our mark.
func (c *Connector) find(ctx context.Context, call connect.Call, _ connect.DocumentRequest) (*connect.Result, error) {
	q := fmt.Sprintf("appProperties has { key='%s' and value='%s' } and trashed=false", property, quote.Replace(call.Mark))
	for page := ""; ; {
		ask := c.drive.Files.List().Q(q).SupportsAllDrives(true).IncludeItemsFromAllDrives(true).PageToken(page).
			Fields("nextPageToken,incompleteSearch,files(id,webViewLink,appProperties)").Context(ctx)
		if c.folder != "" {
			ask.Corpora("allDrives") // the folder may lie in a shared one
		}
		list, err := ask.Do()
		if err != nil {
			return nil, connect.Failure(provider, err)
		}
		for _, f := range list.Files {
			if f.AppProperties[property] == call.Mark {
				r := c.made(f)
				return &r, nil
			}
		}
		if list.IncompleteSearch {
			return nil, &connect.Error{Kind: connect.Unknown, Message: "google did not search all drives"}
		}
		if page = list.NextPageToken; page == "" {
			return nil, nil
		}
	}
}

func (c *Connector) made(f *drive.File) connect.Result {
	link := f.WebViewLink
	if link == "" {
		link = "https://docs.google.com/document/d/" + f.Id + "/edit"
	}
	return connect.Result{Ref: f.Id, URL: link}
}

var quote = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// title is one line, never empty.
func title(s string) string {
	if s = strings.Join(strings.Fields(s), " "); s == "" {
		return "Incident"
	}
	return s
}
