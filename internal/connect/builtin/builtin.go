// Package builtin is the document that needs no account: Tocsin's own public page of the incident. Creating it gives the page's
// address; writing, sharing and publishing are true by themselves, because the page is made from the log and open to everyone.
package builtin

import (
	"context"

	"tocsin/internal/connect"
)

// Connector makes no call and cannot fail.
type Connector struct{}

// New gives the connector.
func New() *Connector { return &Connector{} }

// Name is "builtin".
func (*Connector) Name() string { return "builtin" }

// Operations lists what the own page can do.
func (*Connector) Operations() map[connect.Kind]connect.Operation {
	return map[connect.Kind]connect.Operation{
		connect.DocumentCreate: connect.On(connect.Set, 0, func(_ context.Context, _ connect.Call, r connect.DocumentRequest) (connect.Result, error) {
			return connect.Result{Ref: r.Own, URL: r.Own}, nil
		}, nil),
		connect.DocumentWrite: connect.On(connect.Set, 0, func(_ context.Context, _ connect.Call, r connect.DocumentBody) (connect.Result, error) {
			return connect.Result{URL: r.ID}, nil
		}, nil),
		connect.DocumentShare: connect.On(connect.Set, 0, func(_ context.Context, _ connect.Call, r connect.DocumentShareRequest) (connect.Result, error) {
			return connect.Result{URL: r.ID}, nil
		}, nil),
		connect.DocumentPublish: connect.On(connect.Set, 0, func(_ context.Context, _ connect.Call, r connect.DocumentRef) (connect.Result, error) {
			return connect.Result{URL: r.ID}, nil
		}, nil),
	}
}

// Check has nothing to look at.
func (*Connector) Check(context.Context) []connect.Finding {
	return []connect.Finding{{What: "own page", OK: true, Note: "needs no account"}}
}
