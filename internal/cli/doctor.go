package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"

	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
)

func doctorVerb(e *env) *cobra.Command {
	var config, data, database string
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check configuration, data, clock and every connector; each trouble with its mend",
		Long:  "Check all that an outage will need, by real calls that change nothing. Each trouble comes with its mend; the exit code is 1 if there is one.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			cfg, sections, connectors, clock := e.examined(config)
			sections = append(sections, section{"data", e.dataFindings(ctx, data, database)})
			sections = append(sections, checks(ctx, connectors)...)
			sections = append(sections, section{"clock", clock.findings()})
			sections[0].Findings = append(sections[0].Findings, byHand(cfg.Capabilities, connectors)...)
			return e.told(sections)
		},
	}
	c.Flags().StringVar(&config, "config", "", "configuration file")
	c.Flags().StringVar(&data, "data", "", "data folder")
	c.Flags().StringVar(&database, "database", "", "postgres://… instead of a folder")
	return c
}

// section is what was found about one thing.
type section struct {
	Name     string
	Findings []connect.Finding
}

// examined reads the configuration, tells what was found, and gives the connectors with a clock that listens to their answers.
func (e *env) examined(config string) (Config, []section, []connect.Connector, *skew) {
	cfg, err := loadConfig(config, e.environ)
	found := []connect.Finding{finding("readable", err, "mend the line it names")}
	_, err = loadRunbook(cfg.Runbook)
	found = append(found, finding("runbook", err, "tocsin runbook lint FILE"))
	for _, name := range unknown(e.environ) {
		found = append(found, connect.Finding{What: "variable " + name, Note: "there is no such setting", Fix: "correct its name (docs/configuration.md) or take it away"})
	}
	client := all.Client(cfg.Connectors, nil)
	clock := &skew{next: client.Transport}
	client.Transport = clock
	connectors, err := all.New(cfg.Connectors, client)
	if err != nil {
		found = append(found, finding("connectors", err, "mend the key it names"))
	}
	return cfg, []section{{"configuration", found}}, connectors, clock
}

// checks has every connector look at its service, all at once, each within half a minute.
func checks(ctx context.Context, connectors []connect.Connector) []section {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	out := make([]section, len(connectors))
	var all sync.WaitGroup
	for n, c := range connectors {
		all.Go(func() { out[n] = section{c.Name(), c.Check(ctx)} })
	}
	all.Wait()
	return out
}

// told prints what was found; any trouble makes the exit code 1.
func (e *env) told(sections []section) error {
	bad, byName := false, map[string][]connect.Finding{}
	for _, s := range sections {
		byName[s.Name] = s.Findings
		bad = bad || slices.ContainsFunc(s.Findings, func(f connect.Finding) bool { return !f.OK })
	}
	if err := e.print(byName, func() {
		for _, s := range sections {
			for _, f := range s.Findings {
				mark := map[bool]string{true: "✔", false: "✖"}[f.OK]
				fmt.Fprintf(e.out, "%s %-14s %s", mark, s.Name, strings.TrimPrefix(f.What, s.Name+": "))
				if f.Note != "" {
					fmt.Fprintf(e.out, ": %s", strings.TrimPrefix(f.Note, s.Name+": "))
				}
				if !f.OK && f.Fix != "" {
					fmt.Fprintf(e.out, " → %s", f.Fix)
				}
				fmt.Fprintln(e.out)
			}
		}
	}); err != nil {
		return err
	}
	if bad {
		return &fault{exitFailed, silent}
	}
	return nil
}

// roomy is how much of a disk should be free: backups and the jobs of a long outage need it.
const roomy = 1 << 30

// dataFindings looks at the data folder, or at the database.
func (e *env) dataFindings(ctx context.Context, data, database string) []connect.Finding {
	dir, where := e.dataDir(data), appOptions{data: e.dataDir(data), database: e.database(database)}
	st, err := openStore(ctx, dir, where.database)
	if err == nil {
		err = errors.Join(st.Check(ctx), st.Close())
	}
	out := []connect.Finding{finding(where.where(), err, "choose another folder with --data, or start the database")}
	if where.database != "" {
		return out
	}
	return append(out, disk(dir, roomy))
}

// disk tells whether at least least bytes are free where dir is, or will be.
func disk(dir string, least uint64) connect.Finding {
	f := connect.Finding{What: "disk"}
	for {
		if _, err := os.Stat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	var fs unix.Statfs_t
	if err := unix.Statfs(dir, &fs); err != nil {
		f.Note, f.Fix = err.Error(), "see why "+dir+" can't be looked at"
		return f
	}
	free := fs.Bavail * uint64(fs.Bsize)
	f.Note = fmt.Sprintf("%.1f GiB free", float64(free)/(1<<30))
	if f.OK = free >= least; !f.OK {
		f.Fix = fmt.Sprintf("make room: at least %.1f GiB, else writes are refused in the middle of an outage", float64(least)/(1<<30))
	}
	return f
}

// skew listens to the dates that services put on their answers.
type skew struct {
	next http.RoundTripper
	mu   sync.Mutex
	seen bool
	off  time.Duration // of our clock, the least of all: slow answers make it look worse
	host string
}

// RoundTrip makes the call.
func (s *skew) RoundTrip(req *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := s.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if date, err := http.ParseTime(res.Header.Get("Date")); err == nil {
		s.heard(req.URL.Host, date, began, time.Now())
	}
	return res, nil
}

// heard takes a date of an answer to a call that lasted from began to ended. A date has whole seconds.
func (s *skew) heard(host string, date, began, ended time.Time) {
	var off time.Duration
	switch {
	case began.After(date.Add(time.Second)):
		off = began.Sub(date.Add(time.Second))
	case ended.Before(date):
		off = ended.Sub(date)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen || off.Abs() < s.off.Abs() {
		s.seen, s.off, s.host = true, off, host
	}
}

// tolerable is how wrong a clock may be before signatures and look-ups fail.
const tolerable = 30 * time.Second

func (s *skew) findings() []connect.Finding {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.seen {
		return nil
	}
	f := connect.Finding{What: "this machine's clock", OK: s.off.Abs() <= tolerable, Note: "agrees with " + s.host}
	if s.off != 0 {
		f.Note = fmt.Sprintf("%s off from %s", s.off.Round(time.Second), s.host)
	}
	if !f.OK {
		f.Fix = "set it, and keep it right with NTP: signatures, look-ups and the timeline depend on it"
	}
	return []connect.Finding{f}
}

// byHand names what no service is set up for, so that people do it, and what to set up.
func byHand(capabilities map[string][]string, connectors []connect.Connector) []connect.Finding {
	var out []connect.Finding
	for _, capability := range slices.Sorted(maps.Keys(capabilities)) {
		able := func(c connect.Connector) bool { return slices.Contains(capabilities[capability], c.Name()) }
		if !slices.ContainsFunc(connectors, able) {
			without := "done by hand"
			if capability == "mail" || capability == "hook" {
				without = "left out"
			}
			out = append(out, connect.Finding{What: capability, OK: true,
				Note: without + " until connectors." + strings.Join(capabilities[capability], " or connectors.") + " is set up (docs/configuration.md)"})
		}
	}
	return out
}

func finding(what string, err error, fix string) connect.Finding {
	f := connect.Finding{What: what, OK: err == nil}
	if err != nil {
		f.Note, f.Fix = oneLine(err), fix
	}
	return f
}
