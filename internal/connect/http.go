package connect

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"code.dny.dev/ssrf"
)

// Failure says what a transport error means: nothing left this machine (Retry), or it may have arrived (Unknown). The message names
// the provider and the host, never a query or a header.
func Failure(provider string, err error) *Error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	host := "the service"
	var u *url.Error
	if errors.As(err, &u) {
		if parsed, perr := url.Parse(u.URL); perr == nil && parsed.Host != "" {
			host = parsed.Host
		}
	}
	var dns *net.DNSError
	var op *net.OpError
	var unknownAuthority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var wrongHost x509.HostnameError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.Is(err, ssrf.ErrProhibitedIP):
		return &Error{Kind: Refused, Message: fmt.Sprintf("%s: %s leads to a private address, where no such service is expected: if it stands there, name its address in the configuration", provider, host)}
	case errors.As(err, &dns):
		return &Error{Kind: Retry, Message: fmt.Sprintf("%s: the name %s can't be resolved", provider, dns.Name)}
	case errors.As(err, &invalid), errors.As(err, &unknownAuthority), errors.As(err, &wrongHost), errors.As(err, &verify):
		return &Error{Kind: Retry, Message: fmt.Sprintf("%s: the certificate of %s is not valid", provider, host)}
	case errors.As(err, &op) && op.Op == "dial":
		return &Error{Kind: Retry, Message: fmt.Sprintf("%s: no connection to %s", provider, host)}
	case errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return &Error{Kind: Unknown, Message: fmt.Sprintf("%s: no answer from %s in time", provider, host)}
	case errors.Is(err, context.Canceled):
		return &Error{Kind: Unknown, Message: fmt.Sprintf("%s: stopped before %s answered", provider, host)}
	}
	return &Error{Kind: Unknown, Message: fmt.Sprintf("%s: the connection to %s broke before an answer could be read", provider, host)}
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

// Status says what an HTTP status that is not a success means. detail is the provider's own short message; it must hold no secret.
func Status(provider string, status int, header http.Header, detail string) *Error {
	e := &Error{Status: status, Message: fmt.Sprintf("%s answered %d", provider, status)}
	if detail = strings.TrimSpace(detail); detail != "" {
		e.Message += ": " + firstLine(detail)
	}
	switch {
	case status == http.StatusTooManyRequests, status == 420, status == http.StatusServiceUnavailable:
		e.Kind, e.RetryAfter = Retry, RetryAfter(header)
	case status >= 500, status == http.StatusRequestTimeout:
		e.Kind = Unknown
	default:
		e.Kind = Refused
	}
	return e
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	if len(s) > 200 {
		s = strings.ToValidUTF8(s[:200], "") + "…"
	}
	return s
}

// RetryAfter reads how long to wait: seconds, an HTTP date or an ISO date-time (Zoom), dates measured against the answer's own Date.
// Negative, unreadable or absent gives 0; more than a day gives a day.
func RetryAfter(h http.Header) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return 0
	}
	var d time.Duration
	if secs, err := strconv.ParseFloat(v, 64); err == nil {
		if secs > 86400 {
			secs = 86400
		}
		d = time.Duration(secs * float64(time.Second))
	} else {
		at, err := http.ParseTime(v)
		if err != nil {
			at, err = time.Parse(time.RFC3339, v)
		}
		if date, derr := http.ParseTime(h.Get("Date")); err == nil && derr == nil {
			d = at.Sub(date)
		}
	}
	return min(max(d, 0), 24*time.Hour)
}
