package cli

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"tocsin/internal/api"
)

func exportVerb(e *env) *cobra.Command {
	var to string
	var public bool
	c := &cobra.Command{
		Use:   "export [INCIDENT]",
		Short: "Write one incident to a folder: JSON Lines, JSON and Markdown, with checksums",
		Example: `  tocsin export 42 --to incidents     incidents/INC-42/timeline.jsonl, timeline.md, postmortem.md, …
  tocsin export 42 --public           only what the world may read`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			i, err := e.one(cmd, args)
			if err != nil {
				return err
			}
			cl, err := e.client()
			if err != nil {
				return err
			}
			files, err := exported(cmd.Context(), cl, i, public)
			if err != nil {
				return remote(err)
			}
			dir := filepath.Join(to, i.ID)
			if err := writeAll(dir, files); err != nil {
				return err
			}
			names := slices.Sorted(maps.Keys(files))
			return e.print(map[string]any{"folder": dir, "files": names}, func() {
				for _, n := range names {
					fmt.Fprintln(e.out, filepath.Join(dir, n))
				}
			})
		},
	}
	c.Flags().StringVar(&to, "to", ".", "the folder to make the incident's own folder in")
	c.Flags().BoolVar(&public, "public", false, "only what the world may read, names taken out")
	return c
}

// exported makes the files of an incident by their names; SHA256SUMS is for `sha256sum -c`.
func exported(ctx context.Context, cl *api.Client, i *api.Incident, public bool) (map[string][]byte, error) {
	entries, err := cl.Timeline(ctx, i.ID, public)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(entries, func(a, b api.Entry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Seq, b.Seq)) })
	files := map[string][]byte{"timeline.md": []byte(timelineText(i, entries))}
	var lines bytes.Buffer
	enc := json.NewEncoder(&lines)
	for _, entry := range entries {
		if err := enc.Encode(entry); err != nil {
			return nil, err
		}
	}
	files["timeline.jsonl"] = lines.Bytes()
	objects := map[string]any{}
	if public {
		if objects["page.json"], err = cl.Preview(ctx, i.ID); err != nil {
			return nil, err
		}
	} else {
		objects["incident.json"] = i
		if objects["steps.json"], err = cl.Steps(ctx, i.ID); err != nil {
			return nil, err
		}
		draft, err := cl.Postmortem(ctx, i.ID)
		if err != nil {
			return nil, err
		}
		files["postmortem.md"] = []byte(draft.Markdown)
	}
	for name, v := range objects {
		src, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			return nil, err
		}
		files[name] = append(src, '\n')
	}
	var sums strings.Builder
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(files[name]), name)
	}
	files["SHA256SUMS"] = []byte(sums.String())
	return files, nil
}

// timelineText is a timeline as Markdown, a line an entry.
func timelineText(i *api.Incident, entries []api.Entry) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s timeline\n\nAll times are UTC.\n\n", i.ID)
	for _, en := range entries {
		who := ""
		if en.By != nil {
			who = ", " + en.By.Name
		}
		fmt.Fprintf(&b, "- **%s** [%s] %s%s: %s\n", en.At.UTC().Format("2006-01-02 15:04:05"), en.ID, strings.ReplaceAll(en.Kind, "_", " "), who,
			strings.ReplaceAll(strings.TrimSpace(en.Text), "\n", "\n  "))
	}
	return b.String()
}

// writeAll makes a folder with the files, whole or not at all; one that is there already stays as it is.
func writeAll(dir string, files map[string][]byte) (err error) {
	if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return failf(exitConflict, "%s is there already; choose another folder with --to", dir)
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o750); err != nil {
		return err
	}
	next, err := os.MkdirTemp(filepath.Dir(dir), ".export-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(next))
		}
	}()
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(next, name), content, 0o600); err != nil {
			return err
		}
	}
	return os.Rename(next, dir)
}
