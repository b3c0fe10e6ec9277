package redact

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// company is a roster of n people with names from the list of given names.
func company(n int) Roster {
	rnd := rand.New(rand.NewPCG(1, 2))
	var names []string
	for w := range strings.Lines(namesData) {
		if w = strings.TrimSpace(w); w != "" && w[0] != '#' {
			names = append(names, strings.ToUpper(w[:1])+w[1:])
		}
	}
	var out Roster
	for i := range n {
		g, s := names[rnd.IntN(len(names))], names[rnd.IntN(len(names))]+"son"
		out = append(out, Person{
			ID: fmt.Sprint("p", i), Name: g + " " + s, Handles: []string{strings.ToLower(g[:1] + s), fmt.Sprintf("U%07dX", i)},
			Emails: []string{strings.ToLower(g+"."+s) + "@example.com"}, Initials: []string{g[:1] + s[:1]},
		})
	}
	return out
}

// prose is about n bytes of incident talk, ordinary but for a name now and then.
func prose(n int, roster Roster, every int) string {
	lines := []string{
		"22:14 UTC the replica lag on db2.cluster.example.com is 4 GB and growing, we will stop the sidekiq queue first.\n",
		"level=info msg=\"lock acquired\" table=merge_requests wait_ms=5312 shard=7 host=web-14\n",
		"Copied 42% by size (310 GB) from the staging snapshot; next update in 15 minutes.\n",
		"curl -s https://grafana.example.com/d/pg?var-env=prod&from=now-6h shows a spike at 21:56:10\n",
		"Postgres 9.6.1 refused to start because max_connections was too high, so it was lowered to 2000.\n",
		"We hope to restore service by 18:00 UTC. Error rates are falling; customers may still see 502 on /explore.\n",
	}
	var b strings.Builder
	for i := 0; b.Len() < n; i++ {
		if every > 0 && i%every == every-1 {
			fmt.Fprintf(&b, "%s restarted the walsender and %s is watching.\n", roster[i%len(roster)].Name, strings.Fields(roster[(i*7)%len(roster)].Name)[0])
		}
		b.WriteString(lines[i%len(lines)])
	}
	return b.String()[:n]
}

func BenchmarkText(b *testing.B) {
	people := company(500)
	r := New(people, nil)
	for _, c := range []struct {
		name string
		s    string
	}{
		{"clean2KB", prose(2<<10, people, 0)},
		{"named2KB", prose(2<<10, people, 4)},
		{"clean1MB", prose(1<<20, people, 0)},
		{"named1MB", prose(1<<20, people, 40)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.s)))
			b.ReportAllocs()
			for b.Loop() {
				r.Text(c.s)
			}
		})
		b.Run("find/"+c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.s)))
			b.ReportAllocs()
			for b.Loop() {
				r.Find(c.s)
			}
		})
	}
}

func BenchmarkNew500(b *testing.B) {
	people := company(500)
	for b.Loop() {
		New(people, nil)
	}
}

// BenchmarkP99 reports the 99th percentile of one 2 KB entry with 500 people, guarded as what is public is.
func BenchmarkP99(b *testing.B) {
	people := company(500)
	r := New(people, nil).Guard(nil)
	s := prose(2<<10, people, 4)
	var took []time.Duration
	for b.Loop() {
		t := time.Now()
		r.Text(s)
		took = append(took, time.Since(t))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

// BenchmarkBesideSearch puts redaction of 8 MB of ordinary talk beside a plain, caseless search for the same names by ripgrep, or by grep
// where that is not there: neither folds, decodes nor judges.
func BenchmarkBesideSearch(b *testing.B) {
	people := company(500)
	text := prose(8<<20, people, 100)
	dir := b.TempDir()
	var names strings.Builder
	for _, p := range people {
		names.WriteString(p.Name + "\n" + strings.ReplaceAll(p.Name, " ", "\n") + "\n" + p.Handles[0] + "\n" + p.Emails[0] + "\n")
	}
	for file, s := range map[string]string{"names": names.String(), "text": text} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(s), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	r := New(people, nil)
	b.Run("redact", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			r.Text(text)
		}
	})
	for _, tool := range []string{"rg", "grep"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			continue
		}
		b.Run(tool, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				cmd := exec.Command(path, "-F", "-i", "-c", "-f", filepath.Join(dir, "names"), filepath.Join(dir, "text"))
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		})
	}
}
