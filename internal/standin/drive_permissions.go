package standin

import (
	"net/http"
	"slices"

	"google.golang.org/api/drive/v3"
)

const usualPermission = "kind,id,type,role"

// createPermission shares a file. Sharing it again with the same people gives them the new role.
func (g *google) createPermission(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		in := &drive.Permission{}
		if no := googleBody(r, in); no != nil {
			return *no
		}
		refuse := func(reason, words string) reply { return googleError(http.StatusBadRequest, reason, "%s", words) }
		who := in.EmailAddress
		switch {
		case !oneOf(in.Type, "user", "group", "domain", "anyone"):
			return refuse("required", "The permission type field is required.")
		case !oneOf(in.Role, "owner", "organizer", "fileOrganizer", "writer", "commenter", "reader"):
			return refuse("required", "The permission role field is required.")
		case in.Type == "domain" && in.Domain == "":
			return refuse("required", "The domain field is required for domain permissions.")
		case oneOf(in.Type, "user", "group") && in.EmailAddress == "":
			return refuse("required", "The emailAddress field is required for user and group permissions.")
		case oneOf(in.Type, "domain", "anyone") && (r.has("sendNotificationEmail") || r.has("emailMessage")):
			return refuse("invalidSharingRequest", "Notifications are not allowed for this type of permission.")
		case in.Role == "owner" && r.arg("transferOwnership") != "true":
			return googleError(http.StatusForbidden, "forbidden", "The transferOwnership parameter must be enabled when the permission role is 'owner'.")
		case in.AllowFileDiscovery && !oneOf(in.Type, "domain", "anyone"):
			return refuse("invalid", "allowFileDiscovery is only applicable for permissions of type domain or anyone.")
		case in.Type == "domain":
			who = in.Domain
		case in.Type == "anyone":
			who = "anyone"
		}
		in.Kind, in.Id = "drive#permission", opaque("permission", in.Type, who)[:20]
		if in.Type == "domain" {
			in.DisplayName = in.Domain
		}
		if i := slices.IndexFunc(f.permissions, func(p *drive.Permission) bool { return p.Id == in.Id }); i >= 0 {
			f.permissions[i] = in
		} else {
			f.permissions = append(f.permissions, in)
		}
		return googleAnswer(r, in, usualPermission)
	})
}

func (g *google) listPermissions(r *request) reply {
	return g.withFile(r, func(f *driveFile) reply {
		page, next, no := drivePage(r, f.permissions, 100)
		if no != nil {
			return *no
		}
		return googleAnswer(r, &drive.PermissionList{Kind: "drive#permissionList", NextPageToken: next, Permissions: page}, "kind,nextPageToken,permissions("+usualPermission+")")
	})
}

// withPermission calls do with the place of the permission that r names.
func (g *google) withPermission(r *request, do func(*driveFile, int) reply) reply {
	return g.withFile(r, func(f *driveFile) reply {
		id := r.PathValue("permission")
		i := slices.IndexFunc(f.permissions, func(p *drive.Permission) bool { return p.Id == id })
		if i < 0 {
			return driveMissing("Permission", id)
		}
		return do(f, i)
	})
}

func (g *google) updatePermission(r *request) reply {
	return g.withPermission(r, func(f *driveFile, i int) reply {
		var in drive.Permission
		if no := googleBody(r, &in); no != nil {
			return *no
		}
		if !oneOf(in.Role, "organizer", "fileOrganizer", "writer", "commenter", "reader") {
			return googleError(http.StatusBadRequest, "invalid", "The specified role is invalid.")
		}
		f.permissions[i].Role = in.Role
		return googleAnswer(r, f.permissions[i], usualPermission)
	})
}

func (g *google) deletePermission(r *request) reply {
	return g.withPermission(r, func(f *driveFile, i int) reply {
		f.permissions = slices.Delete(f.permissions, i, i+1)
		return reply{status: http.StatusNoContent}
	})
}
