package googledocs

import (
	"context"

	"google.golang.org/api/drive/v3"
)

// what a person can do about a document that is of no use any more.
const otherwise = "; or have a new document made (retry the step that makes it), or do this by hand"

// file looks at a document as Drive knows it. One that is in the trash counts as gone: its page and its text are still to be had, but
// nobody sees them.
func (c *Connector) file(ctx context.Context, id string) (*drive.File, error) {
	f, err := c.drive.Files.Get(id).SupportsAllDrives(true).Fields("name,trashed,contentRestrictions(readOnly)").Context(ctx).Do()
	if err != nil {
		return nil, failed(err)
	}
	if f.Trashed {
		return nil, refused("google: the document is in the trash: take it out of there in Drive, then try again" + otherwise)
	}
	return f, nil
}

// locked is the refusal to write to a document that somebody locked, nil if nobody did.
func locked(f *drive.File) error {
	for _, r := range f.ContentRestrictions {
		if r.ReadOnly {
			return refused("google: the document is locked: in Drive choose File information › Unlock for it, then try again" + otherwise)
		}
	}
	return nil
}
