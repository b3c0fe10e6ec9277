package googledocs

import (
	"context"
	"strings"

	"google.golang.org/api/drive/v3"

	"tocsin/internal/connect"
	"tocsin/internal/connect/google"
)

// share lets everyone of the domain edit: "On – the organisation" of the Share dialogue (R11). Drive may add the same permission twice,
// so it is asked first.
func (c *Connector) share(ctx context.Context, _ connect.Call, r connect.DocumentShareRequest) (connect.Result, error) {
	domain := strings.ToLower(strings.TrimSpace(r.Domain))
	if domain == "" {
		domain = strings.ToLower(strings.TrimSpace(c.domain))
	}
	if r.ID == "" {
		return connect.Result{}, refused("google: no document is named to share")
	}
	if domain == "" {
		return connect.Result{}, refused("google: no domain to share the document with: set connectors.google.domain to the organisation's Google Workspace domain")
	}
	have, err := c.permission(ctx, r.ID, domain)
	if err != nil {
		return connect.Result{}, unsent(err)
	}
	switch {
	case have == nil:
		_, err = c.drive.Permissions.Create(r.ID, &drive.Permission{
			Type: "domain", Role: "writer", Domain: domain, AllowFileDiscovery: false, ForceSendFields: []string{"AllowFileDiscovery"},
		}).SupportsAllDrives(true).Fields("id").Context(ctx).Do()
	case have.Role == "reader" || have.Role == "commenter":
		_, err = c.drive.Permissions.Update(r.ID, have.Id, &drive.Permission{Role: "writer"}).SupportsAllDrives(true).Fields("id").Context(ctx).Do()
	}
	if err == nil {
		return connect.Result{Ref: r.ID}, nil
	}
	e := failed(err)
	if e.Kind == connect.Refused && e.Scope == "" && (e.Status == 400 || e.Status == 403) && !google.Because(err, "accessNotConfigured", "SERVICE_DISABLED") {
		e.Message += ": check that connectors.google.domain is the organisation's Google Workspace domain and that its sharing settings let our account share with it; " +
			"or share by hand: Share › General access › the organisation › Editor"
	}
	return connect.Result{}, e
}

// permission gives what the domain may do already, nil for nothing.
func (c *Connector) permission(ctx context.Context, id, domain string) (*drive.Permission, error) {
	for page := ""; ; {
		list, err := c.drive.Permissions.List(id).SupportsAllDrives(true).PageToken(page).
			Fields("nextPageToken,permissions(id,type,role,domain)").Context(ctx).Do()
		if err != nil {
			return nil, err
		}
		for _, p := range list.Permissions {
			if p.Type == "domain" && strings.EqualFold(p.Domain, domain) {
				return p, nil
			}
		}
		if page = list.NextPageToken; page == "" {
			return nil, nil
		}
	}
}
