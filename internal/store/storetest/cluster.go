package storetest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// started starts a PostgreSQL in a folder of its own, once a process, and gives its URL. It listens on a socket in that folder alone.
var started = sync.OnceValues(func() (string, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "tocsin-postgres-")
	if err != nil {
		return "", err
	}
	// The shell outlives this process by a moment: once the pipe to it breaks, it stops the server and clears up.
	script := `
"$1/initdb" -D "$2/data" -U tocsin -A trust -E UTF8 --locale=C --no-sync >"$2/log" 2>&1 || exit 1
"$1/postgres" -D "$2/data" -k "$2" -c listen_addresses= -c fsync=off -c max_connections=300 >>"$2/log" 2>&1 &
cat
kill -INT $!
wait $!
rm -rf "$2"`
	cmd := exec.Command("sh", "-c", script, "sh", bin, dir)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt of the tests is not one of the server
	if os.Getuid() == 0 {                                 // PostgreSQL refuses to be root
		if cmd.SysProcAttr.Credential, err = nobody(dir); err != nil {
			return "", err
		}
	}
	if _, err := cmd.StdinPipe(); err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	gone := make(chan error, 1)
	go func() { gone <- cmd.Wait() }()
	at := (&url.URL{Scheme: "postgres", User: url.User("tocsin"), Path: "/postgres", RawQuery: url.Values{"host": {dir}}.Encode()}).String()
	return at, answers(at, filepath.Join(dir, "log"), gone)
})

// answers waits until the server takes connections.
func answers(at, log string, gone <-chan error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		c, err := pgx.Connect(ctx, at)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return fmt.Errorf("it does not start: %w", err)
		case <-gone:
			said, _ := os.ReadFile(log)
			return fmt.Errorf("it does not start: %s", said)
		}
	}
}

// binaries finds the folder of initdb and postgres: where Debian keeps them, the newest first, or in PATH.
func binaries() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
		return filepath.Dir(found[0]), nil
	}
	inPath, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("there is no initdb in /usr/lib/postgresql/*/bin nor in PATH")
	}
	if real, err := filepath.EvalSymlinks(inPath); err == nil {
		inPath = real
	}
	return filepath.Dir(inPath), nil
}

func version(initdb string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb)))) // no number: the last
	return n
}

// nobody gives a folder to a user who is not root.
func nobody(dir string) (*syscall.Credential, error) {
	u, err := user.Lookup("postgres")
	if err != nil {
		if u, err = user.Lookup("nobody"); err != nil {
			return nil, err
		}
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, os.Chown(dir, int(uid), int(gid))
}
