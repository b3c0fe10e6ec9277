package cli

import (
	"os"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
	"tocsin/internal/picture"
)

// pictureVerb adds a picture to an entry, and says whether the public may see it.
func pictureVerb(e *env) *cobra.Command {
	c := &cobra.Command{
		Use:   "picture ENTRY FILE",
		Short: "Add a picture to an entry: PNG, JPEG, GIF or WebP, drawn anew without its metadata",
		Args:  cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			info, err := os.Stat(args[1])
			if err != nil {
				return failf(exitNotFound, "the picture can't be read: %w", err)
			}
			if info.Size() > picture.MaxBytes {
				return failf(exitUsage, "%s has more than %d MB; make it smaller", args[1], picture.MaxBytes>>20)
			}
			file, err := os.ReadFile(args[1])
			if err != nil {
				return failf(exitNotFound, "the picture can't be read: %w", err)
			}
			client, err := e.client()
			if err != nil {
				return err
			}
			id, err := e.which(cmd.Context(), client)
			if err != nil {
				return err
			}
			entry, err := client.AddPicture(cmd.Context(), id, args[0], file, e.key())
			if err != nil {
				return remote(err)
			}
			return e.print(entry, func() {
				p := entry.Pictures[len(entry.Pictures)-1]
				e.say("%s has a picture of %d × %d pixels. The public sees it once somebody has looked at it:", entry.ID, p.Width, p.Height)
				e.say("  tocsin picture show %s --no-names", p.ID)
			})
		},
	}
	c.AddCommand(
		order{use: "show PICTURE --no-names", short: "Let the public see it: you looked, and no name, face, address or secret is seen on it", kind: "show_picture", args: []string{"picture"},
			switches: map[string]string{"no-names": "you looked at it"}}.verb(e),
		order{use: "hide PICTURE", short: "Hide it from the public", kind: "show_picture", args: []string{"picture"}, fixed: map[string]any{"hide": true}}.verb(e),
	)
	return c
}

// key names a write: as the flag says, or anew.
func (e *env) key() string {
	if e.global.key != "" {
		return e.global.key
	}
	return api.NewKey()
}
