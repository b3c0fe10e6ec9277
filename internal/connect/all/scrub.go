package all

import (
	"bytes"
	"io"
	"net/http"
	"reflect"
	"regexp"
	"strings"
)

// scrub takes the configuration's secrets out of what services answer, so that one which throws them back in an error can't get them into
// a log, an entry or a page.
type scrub struct {
	next    http.RoundTripper
	secrets [][]byte
}

// RoundTrip makes the call and reads its whole answer.
func (s scrub) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := s.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, readErr := io.ReadAll(io.LimitReader(res.Body, longest))
	if err := res.Body.Close(); readErr == nil && err != nil {
		readErr = err
	}
	for _, secret := range s.secrets {
		body = bytes.ReplaceAll(body, secret, []byte("***"))
	}
	var rest io.Reader = bytes.NewReader(body)
	if readErr != nil {
		rest = io.MultiReader(rest, broken{readErr})
	}
	res.Body, res.ContentLength = io.NopCloser(rest), int64(len(body))
	res.Header.Del("Content-Length")
	return res, nil
}

// longest is far above any answer that connectors ask for.
const longest = 32 << 20

// broken is the end of an answer that was cut off.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

var secretly = regexp.MustCompile(`(^|_)(token|secret|key|password)$`)

// secrets lists the settings of c that are secrets by their names. Short ones are left out: they would blank ordinary words.
func secrets(c Config) [][]byte {
	var out [][]byte
	each(c, func(name, value string) {
		if value = strings.TrimSpace(value); secretly.MatchString(name) && len(value) >= 8 {
			out = append(out, []byte(value))
		}
	})
	return out
}

// each calls f with every setting that is a text, by its name within its provider.
func each(c Config, f func(name, value string)) {
	v := reflect.ValueOf(c)
	for n := range v.NumField() {
		provider := v.Field(n)
		for m := range provider.NumField() {
			if field := provider.Field(m); field.Kind() == reflect.String {
				name, _, _ := strings.Cut(provider.Type().Field(m).Tag.Get("yaml"), ",")
				f(name, field.String())
			}
		}
	}
}
