package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asTocsin has the test binary be tocsin itself, so that tests can start and kill real processes.
const asTocsin = "TOCSIN_TEST_AS_TOCSIN"

func TestMain(m *testing.M) {
	if os.Getenv(asTocsin) != "" {
		os.Exit(Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.Environ()))
	}
	os.Exit(m.Run())
}

func command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, os.Args[0], args...)
	c.Env = append(os.Environ(), asTocsin+"=1")
	c.Cancel = func() error { return c.Process.Signal(syscall.SIGTERM) }
	c.WaitDelay = 60 * time.Second
	return c
}

// tocsin runs a command to its end and gives what it printed and its exit code.
func tocsin(t *testing.T, args ...string) (out, words string, code int) {
	t.Helper()
	var o, e strings.Builder
	c := command(t.Context(), args...)
	c.Stdout, c.Stderr = &o, &e
	if err := c.Run(); err != nil && c.ProcessState == nil {
		t.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// process is a tocsin serve of its own.
type process struct {
	cmd    *exec.Cmd
	url    string
	exited chan struct{}
}

// serve starts a server process and waits until it says that it is ready. It is stopped when the test ends.
func serve(t *testing.T, args ...string) *process {
	t.Helper()
	return serveAs(t, "Console  ", append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
}

// serveAs starts a process that serves something, and waits until it says where: after the mark.
func serveAs(t *testing.T, mark string, args ...string) *process {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	p := &process{cmd: command(ctx, args...), exited: make(chan struct{})}
	words, err := p.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		<-p.exited
	})
	lines := bufio.NewScanner(words)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if _, url, ok := strings.Cut(lines.Text(), mark); ok {
			p.url = url
			break
		}
	}
	go func() {
		_, _ = io.Copy(io.Discard, words) // until it exits
		_ = p.cmd.Wait()
		close(p.exited)
	}()
	if p.url == "" {
		t.Fatalf("the server does not start: %s", strings.Join(said, "\n"))
	}
	return p
}

// kill ends it without a word.
func (p *process) kill(t *testing.T) {
	t.Helper()
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
}
