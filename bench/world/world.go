// Package world is one real server over one folder, with stand-ins for the services it uses, for programs that measure or break it. It owns
// the processes it starts and ends them with the test.
package world

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tocsin/internal/api"
	"tocsin/internal/standin"
)

// Settle is how long the server waits before it looks an unclear attempt up. The stand-ins' lags are shorter, as settle promises.
const Settle = 300 * time.Millisecond

// World is one server over a folder or a database, and somebody who starts it again whenever it dies.
type World struct {
	t      testing.TB
	dir    string
	listen string
	where  []string // the server's data, as options
	remote *httptest.Server
	binary string
	token  string

	Client  *api.Client
	Trace   string           // strace's inject option for the first process, empty for none; it counts by thread
	OnStart func(n, pid int) // called after the n-th process began, from 1

	mu      sync.Mutex
	process *exec.Cmd
	started []time.Time // of each process
	killed  []time.Time // of each death that was not asked for
	over    bool
	output  printed
	ended   sync.WaitGroup
}

// Options change a world.
type Options struct {
	Config   string        // further lines of the configuration
	Database string        // postgres://… in place of a folder
	Latency  time.Duration // of every call to a service
}

// New makes stand-ins, a folder with a token and a configuration; nothing runs yet.
func New(t testing.TB, binary string, o Options) *World {
	t.Helper()
	w := &World{t: t, dir: t.TempDir(), binary: binary}
	s := standin.New(standin.Options{Latency: o.Latency})
	w.remote = httptest.NewServer(s)
	s.SetBaseURL(w.remote.URL)
	t.Cleanup(func() {
		_ = s.Close()
		w.remote.Close()
	})
	w.listen, w.where = free(t), []string{"--data", w.Path("data")}
	if o.Database != "" {
		w.where = []string{"--database", o.Database}
	}
	w.Write("google.json", `{"type":"authorized_user","client_id":"crash","client_secret":"crash","refresh_token":"crash"}`)
	w.Write("config.yaml", strings.NewReplacer("BASE", w.remote.URL, "SECRET", standin.WebhookSecret).Replace(config)+o.Config)
	token, err := exec.Command(binary, append([]string{"token", "create", "--quiet"}, w.where...)...).Output()
	if err != nil {
		t.Fatalf("token create: %v", err)
	}
	w.token = strings.TrimSpace(string(token))
	w.Client = w.client()
	return w
}

// Beside is a further server over the same folder, once the first has ended, or on the same database, with the same services; nothing of it
// runs yet.
func (w *World) Beside() *World {
	w.t.Helper()
	other := &World{t: w.t, dir: w.dir, binary: w.binary, remote: w.remote, where: w.where, token: w.token, listen: free(w.t)}
	other.Client = other.client()
	return other
}

func (w *World) client() *api.Client {
	return api.NewClient("http://"+w.listen, w.token, &http.Client{Timeout: 3 * time.Second})
}

// free is an address that nobody listens at.
func free(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return l.Addr().String()
}

const config = `
organisation: {name: Example, public_name: Example, domain: example.com}
connectors:
  slack: {base_url: "BASE/slack/api/", token: xoxb-crash}
  zoom: {base_url: "BASE/zoom/v2", auth_url: "BASE/zoom/oauth/token", account_id: crash, client_id: crash, client_secret: crash, host: engineer@example.com, licensed_host: licensed@example.com}
  google: {docs_url: "BASE/google/docs/", drive_url: "BASE/google/drive/v3/", token_url: "BASE/google/token", credentials_file: google.json, domain: example.com}
  youtube: {base_url: "BASE/google/youtube/v3/", token_url: "BASE/google/token", credentials_file: google.json}
  x: {base_url: "BASE/x", api_key: crash, api_secret: crash, access_token: crash, access_secret: crash}
  gitlab: {base_url: "BASE/gitlab", token: glpat-crash, project: example/infrastructure}
  webhook: {url: "BASE/webhook", secret: "SECRET"}
runner: {deadline: 2s, batch: 50ms, settle: {slack: 300ms, zoom: 300ms, google: 300ms, youtube: 300ms, x: 300ms, gitlab: 300ms}}
`

// Path is a place in the world's folder.
func (w *World) Path(name string) string { return filepath.Join(w.dir, name) }

// Write puts a file there.
func (w *World) Write(name, content string) {
	w.t.Helper()
	if err := os.WriteFile(w.Path(name), []byte(content), 0o600); err != nil {
		w.t.Fatal(err)
	}
}

// Serve starts the server and starts it again whenever it dies, until halt.
func (w *World) Serve() {
	w.t.Helper()
	w.ended.Go(func() {
		for n := 1; ; n++ {
			args := append([]string{w.binary, "serve", "--listen", w.listen, "--config", w.Path("config.yaml")}, w.where...)
			if n == 1 && w.Trace != "" {
				args = append([]string{"strace", "-f", "-qqq", "-o", w.Path("trace"), "-e", "trace=fsync,fdatasync", "-e", w.Trace}, args...)
			}
			c := exec.Command(args[0], args[1:]...)
			c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
			w.mu.Lock()
			if w.over {
				w.mu.Unlock()
				return
			}
			c.Stdout, c.Stderr = &w.output, &w.output
			err := c.Start()
			w.process, w.started = c, append(w.started, time.Now())
			w.mu.Unlock()
			if err != nil {
				w.t.Errorf("the server can't be started: %v", err)
				return
			}
			if w.OnStart != nil {
				w.OnStart(n, c.Process.Pid)
			}
			_ = c.Wait() // how it died is the point's business
			w.mu.Lock()
			if !w.over {
				w.killed = append(w.killed, time.Now())
			}
			deaths := len(w.killed)
			w.mu.Unlock()
			if deaths > 20 {
				w.t.Errorf("the server dies again and again:\n%s", w.Said())
				return
			}
		}
	})
	w.t.Cleanup(w.Halt)
}

// Kill ends the server at once, as SIGKILL does.
func (w *World) Kill() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.process != nil && w.process.Process != nil {
		_ = syscall.Kill(-w.process.Process.Pid, syscall.SIGKILL)
	}
}

// Stun has the server stand still for a while, as a machine does that is suspended.
func (w *World) Stun(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.process == nil || w.process.Process == nil {
		return
	}
	pid := -w.process.Process.Pid
	_ = syscall.Kill(pid, syscall.SIGSTOP)
	time.AfterFunc(d, func() { _ = syscall.Kill(pid, syscall.SIGCONT) })
}

// Halt ends the server for good.
func (w *World) Halt() {
	w.mu.Lock()
	w.over = true
	if w.process != nil && w.process.Process != nil {
		_ = syscall.Kill(-w.process.Process.Pid, syscall.SIGCONT)
		_ = syscall.Kill(-w.process.Process.Pid, syscall.SIGTERM)
	}
	w.mu.Unlock()
	w.ended.Wait()
}

// Crash ends the server for good, at once, as SIGKILL does.
func (w *World) Crash() {
	w.mu.Lock()
	w.over = true
	w.mu.Unlock()
	w.Kill()
	w.ended.Wait()
}

// Said is what the processes printed.
func (w *World) Said() string {
	return w.output.String()
}

// Deaths counts the kills that hit.
func (w *World) Deaths() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.killed)
}

// Get reads one of the stand-ins' control paths.
func (w *World) Get(path string, into any) {
	w.t.Helper()
	res, err := http.Get(w.remote.URL + path)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		w.t.Fatal(err)
	}
}

// Faults tells the stand-ins what shall go wrong.
func (w *World) Faults(list ...map[string]any) error {
	body, err := json.Marshal(list)
	if err != nil {
		return err
	}
	res, err := http.Post(w.remote.URL+"/_faults", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := res.Body.Close(); err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("the stand-ins refuse the faults: %s", res.Status)
	}
	return nil
}

// Made tells what exists at the services, by kind, each object as text without this world's addresses.
func (w *World) Made() map[string][]string {
	w.t.Helper()
	var all map[string][]json.RawMessage
	w.Get("/_objects", &all)
	out := map[string][]string{}
	for kind, objects := range all {
		for _, o := range objects {
			out[kind] = append(out[kind], string(o))
		}
	}
	return out
}

// Call is a request the stand-ins got.
type Call struct {
	At           time.Time
	Method, Path string
	Status       int
}

func (w *World) Calls() []Call {
	w.t.Helper()
	var out []Call
	w.Get("/_calls", &out)
	return out
}

// Until asks again and again, through any number of deaths, till f is content.
func (w *World) Until(what string, f func(ctx context.Context) (bool, error)) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		ok, err := f(ctx)
		if ok {
			return
		}
		if err != nil {
			last = err
		}
		select {
		case <-ctx.Done():
			w.t.Fatalf("waited in vain for %s: %v\n%s", what, last, w.Said())
		case <-tick.C:
		}
	}
}

// Build makes the binary as users get it.
func Build(t testing.TB) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "tocsin")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, "tocsin/cmd/tocsin")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return binary
}

// Resumed is how long after the first restart the first outward call went out; not ok if there was no restart or no call.
func (w *World) Resumed() (time.Duration, bool) {
	w.mu.Lock()
	if len(w.started) < 2 {
		w.mu.Unlock()
		return 0, false
	}
	again := w.started[1]
	w.mu.Unlock()
	for _, c := range w.Calls() {
		if c.At.After(again) {
			return c.At.Sub(again), true
		}
	}
	return 0, false
}

// Do gives a command once, under the key, however often it has to be sent.
func (w *World) Do(id, kind string, fields any, key string) {
	w.t.Helper()
	w.Until(kind, func(ctx context.Context) (bool, error) {
		_, err := w.Client.Do(ctx, id, kind, fields, key)
		var p *api.Problem
		if errors.As(err, &p) && p.Code != "unreachable" && p.Status < http.StatusInternalServerError {
			w.t.Fatalf("%s: %v", kind, err)
		}
		return err == nil, err
	})
}

// Declare declares a disrupting incident that lasts longer than an hour, with its declarer on point, and gives its id.
func (w *World) Declare(key string) (id string) {
	w.t.Helper()
	w.Until("the declaration", func(ctx context.Context) (bool, error) {
		i, err := w.Client.Declare(ctx, api.Declare{Title: "Pushes fail", Disrupting: true, ETA: "90m", Point: true}, key)
		if err == nil {
			id = i.ID
		}
		return err == nil, err
	})
	return id
}

// Settled waits until nothing automatic is to be done in an incident. unsure answers for steps that ask a person.
func (w *World) Settled(id string, unsure func(api.Step)) {
	w.t.Helper()
	quiet := 0
	w.Until("the steps", func(ctx context.Context) (bool, error) {
		steps, err := w.Client.Steps(ctx, id)
		if err != nil {
			return false, err
		}
		var open []string
		for _, s := range steps {
			switch {
			case s.State == "unsure":
				unsure(s)
				open = append(open, s.ID)
			case s.Automatic && (s.State == "due" || s.State == "started" || s.State == "failed"):
				open = append(open, s.ID+" "+s.State+" "+s.Error)
			}
		}
		if len(open) > 0 {
			quiet = 0
			return false, errors.New(strings.Join(open, "; "))
		}
		quiet++
		return quiet > 15, nil // documents are brought in step a moment later
	})
}

// URL is the server's address.
func (w *World) URL() string { return "http://" + w.listen }

// Age is how long ago the present process began; 0 before the first.
func (w *World) Age() time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.started) == 0 {
		return 0
	}
	return time.Since(w.started[len(w.started)-1])
}

// Resident is the memory the process holds now, in bytes, as the system counts it.
func (w *World) Resident() int64 {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.process.Process.Pid))
	if err != nil {
		w.t.Fatal(err)
	}
	var kB int64
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			if _, err := fmt.Sscan(v, &kB); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	return kB * 1024
}
