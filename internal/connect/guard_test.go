package connect_test

import (
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tocsin/internal/connect"
)

func TestGuard(t *testing.T) {
	t.Parallel()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data/", http.StatusFound)
		}
	}))
	t.Cleanup(home.Close)
	_, port, err := net.SplitHostPort(home.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	get := func(dial connect.Dial, url string) *connect.Error {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = connect.Send(&http.Client{Transport: &http.Transport{DialContext: dial}}, "acme", req)
		var e *connect.Error
		if err != nil && !errors.As(err, &e) {
			t.Fatalf("%s: %T %v", url, err, err)
		}
		return e
	}
	strict := connect.Guard(nil)
	for _, host := range []string{
		"127.0.0.1", "localhost", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1",
		"255.255.255.255", "198.18.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
	} {
		if e := get(strict, "http://"+host+":"+port); e == nil || e.Kind != connect.Refused || !strings.Contains(e.Message, "private address") {
			t.Errorf("%s: %+v", host, e)
		}
	}
	if e := get(connect.Guard([]string{"LOCALHOST", "127.0.0.1"}), "http://localhost:"+port); e != nil {
		t.Errorf("a named host is not reached: %v", e)
	}
	if e := get(connect.Guard([]string{"127.0.0.1"}), home.URL+"/away"); e == nil || e.Kind != connect.Refused {
		t.Errorf("a redirect leads to a private address: %+v", e)
	}
}
