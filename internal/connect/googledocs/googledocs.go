// Package googledocs keeps an incident's document in Google Docs: made, kept in step with the log, open to the organisation, published.
//
// A document holds a managed part and whatever people write around it. Each managed block is the text of one named range
// "tocsin:<key>"; text outside these ranges is never touched. The document itself is found again by our mark in its appProperties.
// Only a revision whose own export passed the leak check is published, and later ones do not follow by themselves (rulings 13).
package googledocs

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"google.golang.org/api/docs/v1"
	"google.golang.org/api/drive/v3"
	"google.golang.org/api/option"

	"tocsin/internal/connect"
	"tocsin/internal/connect/google"
)

const provider = "google"

// scope is what the credentials must allow: the files we made ourselves, no others; or, to put them into a folder that someone else made,
// what the account may see at all.
func (c Config) scope() string {
	if c.Folder != "" {
		return drive.DriveScope
	}
	return drive.DriveFileScope
}

// Config says whose Google account keeps the documents and where. Folder is the id of a Drive folder, empty for the account's own
// drive. Domain is the organisation's Google Workspace domain.
type Config struct {
	DocsURL         string `yaml:"docs_url"`
	DriveURL        string `yaml:"drive_url"`
	TokenURL        string `yaml:"token_url"`
	CredentialsFile string `yaml:"credentials_file"`
	Domain          string `yaml:"domain"`
	Folder          string `yaml:"folder"`

	// Credentials is the key file's content; it wins over CredentialsFile.
	Credentials []byte `yaml:"-"`
}

// Configured reports whether there are credentials.
func (c Config) Configured() bool { return c.CredentialsFile != "" || len(c.Credentials) > 0 }

// Connector talks to Google Docs and Drive as one account. It is safe for concurrent use.
type Connector struct {
	account *google.Account
	docs    *docs.Service
	drive   *drive.Service
	base    string // of Drive, without a slash at its end
	domain  string
	folder  string
	scope   string
}

// New makes the connector from its configuration; it makes no call. A nil client gives one with its own time limits.
func New(c Config, client *http.Client) (*Connector, error) {
	docsURL, err := connect.Endpoint("connectors.google.docs_url", c.DocsURL, "https://docs.googleapis.com")
	if err != nil {
		return nil, err
	}
	driveURL, err := connect.Endpoint("connectors.google.drive_url", c.DriveURL, "https://www.googleapis.com/drive/v3")
	if err != nil {
		return nil, err
	}
	account, err := google.Open(google.Options{
		Provider: provider, File: c.CredentialsFile, JSON: c.Credentials, TokenURL: c.TokenURL, Scopes: []string{c.scope()}, Client: client,
	})
	if err != nil {
		return nil, err
	}
	with := option.WithHTTPClient(account.Client())
	d, err := docs.NewService(context.Background(), with, option.WithEndpoint(docsURL+"/"))
	if err != nil {
		return nil, fmt.Errorf("connectors.google: %w", err)
	}
	v, err := drive.NewService(context.Background(), with, option.WithEndpoint(driveURL+"/"))
	if err != nil {
		return nil, fmt.Errorf("connectors.google: %w", err)
	}
	return &Connector{account: account, docs: d, drive: v, base: driveURL, domain: c.Domain, folder: c.Folder, scope: c.scope()}, nil
}

// Name is "google".
func (c *Connector) Name() string { return provider }

// Operations lists what Google Docs can do.
func (c *Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.DocumentCreate:  within(20*time.Second, connect.On(connect.LookUp, 30*time.Second, c.create, c.find)),
		connect.DocumentWrite:   within(25*time.Second, connect.On(connect.Set, 0, c.write, nil)),
		connect.DocumentShare:   within(20*time.Second, connect.On(connect.Set, 0, c.share, nil)),
		connect.DocumentPublish: within(25*time.Second, connect.On(connect.Set, 0, c.publish, nil)),
	}
}

// within gives operations of several calls the time they need.
func within(d time.Duration, op connect.Operation) connect.Operation {
	op.Deadline = d
	return op
}

func refused(format string, args ...any) *connect.Error {
	return &connect.Error{Kind: connect.Refused, Message: fmt.Sprintf(format, args...)}
}

// failed is err of a call about a document. Missing documents get words of their own.
func failed(err error) *connect.Error {
	e := *connect.Failure(provider, err)
	if e.Status == http.StatusNotFound {
		e.Message = "google: there is no such document, or our account may not see it: was it deleted, or made by another account? Give it back" + otherwise
	}
	return &e
}

// unsent is failed for a call that only prepared the real one.
func unsent(err error) *connect.Error { return connect.Unsent(provider, failed(err)) }
