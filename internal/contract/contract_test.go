package contract_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	"tocsin/internal/cli"
	"tocsin/internal/connect"
	"tocsin/internal/connect/all"
	"tocsin/internal/connect/conformance"
	"tocsin/internal/contract"
	"tocsin/internal/standin"
)

// without are connectors that no specification judges, each with the reason.
var without = map[string]string{
	"jitsi":   "makes an address and calls nobody",
	"builtin": "keeps documents here",
	"smtp":    "speaks no HTTP",
	"webhook": "sends what this project lays down to a receiver that the organisation wrote",
}

// TestContracts carries every connector through the conformance suite and a drill through the whole runbook, against the stand-ins, with
// every exchange judged. It prints what was seen.
func TestContracts(t *testing.T) {
	log := contract.NewLog(t)
	t.Run("conformance", func(t *testing.T) { conform(t, log) })
	t.Run("drill", func(t *testing.T) { drill(t, log) })
	if t.Failed() {
		return
	}
	t.Run("refusals", func(t *testing.T) { refuse(t, log) })
	for _, p := range log.Problems() {
		t.Error(p)
	}
	rows := log.Rows()
	held := map[string]bool{}
	for _, p := range contract.Providers() {
		if held[p.Name] = p.Held(); !p.Held() {
			t.Logf("%s was not judged by %s: %s names no folder that has it", p.Name, p.Source, contract.Folder)
			continue
		}
		for _, operation := range p.Operations {
			if !slices.ContainsFunc(rows, func(r contract.Row) bool { return r.Provider == p.Name && r.Operation == operation && r.Requests > 0 }) {
				t.Errorf("%s %s was never asked for", p.Name, operation)
			}
		}
	}
	for _, e := range contract.Exceptions {
		if held[e.Provider] && log.Used(e) == 0 {
			t.Errorf("nothing needs the exception %s %s %s: %s", e.Provider, e.Operation, e.Side, e.Finding)
		}
	}
	t.Log("\n" + table(rows))
}

// table tells what was seen.
func table(rows []contract.Row) string {
	var out bytes.Buffer
	w := tabwriter.NewWriter(&out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "provider\toperation\trequests\tvalid\tanswers\tvalid\tspecification")
	kinds := map[string]contract.Kind{}
	for _, p := range contract.Providers() {
		kinds[p.Name] = p.Kind
	}
	var sum contract.Row
	for _, r := range rows {
		fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%s\n", r.Provider, r.Operation, r.Requests, r.ValidRequests, r.Answers, r.ValidAnswers, kinds[r.Provider])
		sum.Requests += r.Requests
		sum.ValidRequests += r.ValidRequests
		sum.Answers += r.Answers
		sum.ValidAnswers += r.ValidAnswers
	}
	fmt.Fprintf(w, "all\t\t%d\t%d\t%d\t%d\t\n", sum.Requests, sum.ValidRequests, sum.Answers, sum.ValidAnswers)
	_ = w.Flush() // into memory
	return out.String()
}

// drill plays the shipped outage in this process, its calls to providers led past the log.
func drill(t *testing.T, log *contract.Log) {
	transport := http.DefaultTransport.(*http.Transport)
	plain, before := transport.Clone(), transport.Proxy
	plain.Proxy = nil
	watch := httptest.NewServer(log.Watch(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		on := in.Clone(in.Context())
		on.RequestURI = ""
		resp, err := plain.RoundTrip(on)
		if err != nil {
			http.Error(out, err.Error(), http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		for name, values := range resp.Header {
			out.Header()[name] = values
		}
		out.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(out, resp.Body)
	})))
	defer watch.Close()
	past, err := url.Parse(watch.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport.Proxy = func(*http.Request) (*url.URL, error) { return past, nil }
	defer func() { transport.Proxy = before }()
	var out, said bytes.Buffer
	args := []string{"drill", "gitlab-2017", "--speed", "max", "--script", "--no-open", "--json", "--listen", "127.0.0.1:0"}
	if code := cli.Main(args, strings.NewReader(""), &out, &said, os.Environ()); code != 0 {
		t.Fatalf("exit %d: %s", code, said.String())
	}
}

// conform runs the conformance suite of every connector.
func conform(t *testing.T, log *contract.Log) {
	stand := standin.New(standin.Options{})
	server := httptest.NewServer(log.Watch(stand))
	t.Cleanup(server.Close)
	t.Cleanup(func() { _ = stand.Close() })
	unwatched := httptest.NewServer(stand)
	t.Cleanup(unwatched.Close)
	connectors, err := all.New(config(server.URL), server.Client())
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]connect.Connector{}
	for _, c := range connectors {
		set[c.Name()] = c
	}
	for _, name := range all.Names() {
		if without[name] != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			c := set[name]
			if c == nil {
				t.Fatal("not set up: give it a line in config (samples_test.go) and a specification in Providers (table.go)")
			}
			w := world{unwatched.URL}
			conformance.Run(t, conformance.Suite{Connector: c, Samples: samples(t, c, w)})
			if detour := detours[name]; detour != nil {
				detour(t, w, c)
			}
		})
	}
}
