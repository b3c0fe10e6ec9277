package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// usedFile is where tocsin use keeps, by the address of the server, which incident is meant; empty: there is nowhere to keep it.
func (e *env) usedFile() string {
	if d, ok := lookup(e.environ, "XDG_STATE_HOME"); ok && d != "" {
		return filepath.Join(d, "tocsin", "use.json")
	}
	if d, ok := lookup(e.environ, "HOME"); ok && d != "" {
		return filepath.Join(d, ".local", "state", "tocsin", "use.json")
	}
	return ""
}

// used gives what is kept; nothing where nothing is, or it can't be read.
func (e *env) used() map[string]string {
	kept := map[string]string{}
	src, err := os.ReadFile(e.usedFile())
	if err != nil || json.Unmarshal(src, &kept) != nil {
		return map[string]string{}
	}
	return kept
}

// keepUsed has id be the incident that is meant on this server; empty: none.
func (e *env) keepUsed(id string) error {
	file := e.usedFile()
	if file == "" {
		return failf(exitUsage, "there is no home to keep it in; set TOCSIN_INCIDENT instead")
	}
	kept := e.used()
	kept[e.server()] = id
	if id == "" {
		delete(kept, e.server())
	}
	if len(kept) == 0 {
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return nil
	}
	src, err := json.MarshalIndent(kept, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	next := file + ".new"
	if err := os.WriteFile(next, src, 0o600); err != nil {
		return err
	}
	return os.Rename(next, file)
}

func useVerb(e *env) *cobra.Command {
	var none bool
	c := &cobra.Command{
		Use:   "use [INCIDENT]",
		Short: "Set which incident the other verbs mean on this server; -i and TOCSIN_INCIDENT still win",
		Example: `  tocsin use 42
  tocsin use --clear`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case none && len(args) > 0:
				return failf(exitUsage, "--clear takes no incident")
			case none:
				return e.keepUsed("")
			case len(args) == 0:
				id := e.used()[e.server()]
				return e.print(map[string]string{"incident": id}, func() {
					if id == "" {
						e.say("None. tocsin use INCIDENT sets one")
						return
					}
					fmt.Fprintln(e.out, id)
				})
			}
			i, err := e.one(cmd, args)
			if err != nil {
				return err
			}
			if err := e.keepUsed(i.ID); err != nil {
				return err
			}
			return e.print(map[string]string{"incident": i.ID}, func() { fmt.Fprintf(e.out, "%s  %s\n", i.ID, i.Title) })
		},
	}
	c.Flags().BoolVar(&none, "clear", false, "mean none")
	return c
}
