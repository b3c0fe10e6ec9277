package googledocs

import (
	"context"

	"tocsin/internal/connect"
	"tocsin/internal/connect/google"
)

// Check looks whether the account can sign in, use Drive and Docs, and write to the folder.
func (c *Connector) Check(ctx context.Context) []connect.Finding {
	var all []connect.Finding
	about, err := c.drive.About.Get().Fields("user(emailAddress)").Context(ctx).Do()
	if err != nil {
		return append(all, finding("Google Drive", err, "put a valid key file at connectors.google.credentials_file, with the permission "+c.scope+", and switch the Drive API on for its project"))
	}
	note := "signed in"
	if about.User != nil && about.User.EmailAddress != "" {
		note = "signed in as " + about.User.EmailAddress
	}
	all = append(all, connect.Finding{What: "Google Drive", OK: true, Note: note})

	// A document that can't exist: only "not found" says that Docs itself is open to us.
	if _, err := c.docs.Documents.Get("tocsin-doctor").Fields("documentId").Context(ctx).Do(); err != nil && !google.Answered(err, 404) {
		all = append(all, finding("Google Docs", err, "switch the Google Docs API on for the project of the key file, and check connectors.google.docs_url"))
	} else {
		all = append(all, connect.Finding{What: "Google Docs", OK: true})
	}
	if c.folder != "" {
		f, err := c.drive.Files.Get(c.folder).SupportsAllDrives(true).Fields("capabilities(canAddChildren)").Context(ctx).Do()
		fix := "share the folder of connectors.google.folder with our account as Editor, or give another folder's id"
		switch {
		case err != nil:
			all = append(all, finding("Google Drive folder", err, fix))
		case f.Capabilities != nil && !f.Capabilities.CanAddChildren:
			all = append(all, connect.Finding{What: "Google Drive folder", Note: "our account may not put documents there", Fix: fix})
		default:
			all = append(all, connect.Finding{What: "Google Drive folder", OK: true})
		}
	}
	if c.domain == "" {
		return append(all, connect.Finding{What: "Google Workspace domain", Note: "documents can't be shared with the whole organisation", Fix: "set connectors.google.domain"})
	}
	return append(all, connect.Finding{What: "Google Workspace domain", OK: true, Note: c.domain})
}

func finding(what string, err error, fix string) connect.Finding {
	return connect.Finding{What: what, Note: connect.Failure(provider, err).Message, Fix: fix}
}
