// Package google signs calls to Google's APIs and judges their answers, for the connectors of Google Docs and YouTube.
//
// It owns the credentials and the one access token they give at a time. No error it makes holds either.
package google

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"tocsin/internal/connect"
)

// Options says whose account it is. Provider is the connector's name, for the words of errors and settings.
type Options struct {
	Provider string
	File     string // path of a key file as Google hands it out: service_account or authorized_user
	JSON     []byte // the same inline; wins over File
	TokenURL string // wins over the file's token_uri
	Scopes   []string
	Client   *http.Client // nil gives one with its own time limits
}

// Account is one Google account. It is safe for concurrent use.
type Account struct {
	provider string
	scopes   []string
	client   *http.Client
	tokenURL string
	// grant makes the form that is exchanged for an access token.
	grant func(now time.Time) (url.Values, error)
	// secrets never leave in an error.
	secrets []string

	lock    chan struct{} // held while token is read or renewed, so that one renewal serves all
	token   string
	expires time.Time
}

type keyFile struct {
	Type         string `json:"type"`
	TokenURI     string `json:"token_uri"`
	ClientEmail  string `json:"client_email"`
	PrivateKey   string `json:"private_key"`
	PrivateKeyID string `json:"private_key_id"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RefreshToken string `json:"refresh_token"`
}

// Open reads the credentials and makes no call.
func Open(o Options) (*Account, error) {
	setting := "connectors." + o.Provider + ".credentials_file"
	raw := o.JSON
	if raw == nil {
		if o.File == "" {
			return nil, fmt.Errorf("%s is missing: it is the JSON key file that Google hands out", setting)
		}
		var err error
		if raw, err = os.ReadFile(o.File); err != nil {
			return nil, fmt.Errorf("%s can't be read: %w", setting, err)
		}
	}
	var f keyFile
	if json.Unmarshal(raw, &f) != nil {
		return nil, fmt.Errorf("%s is no JSON: want the key file as Google hands it out", setting)
	}
	otherwise := f.TokenURI
	if otherwise == "" {
		otherwise = "https://oauth2.googleapis.com/token"
	}
	tokenURL, err := connect.Endpoint("connectors."+o.Provider+".token_url", o.TokenURL, otherwise)
	if err != nil {
		return nil, err
	}
	a := &Account{
		provider: o.Provider, scopes: o.Scopes, client: connect.Client(o.Client), tokenURL: tokenURL,
		secrets: []string{f.ClientSecret, f.RefreshToken, f.PrivateKey}, lock: make(chan struct{}, 1),
	}
	switch f.Type {
	case "service_account":
		key, err := jwt.ParseRSAPrivateKeyFromPEM([]byte(f.PrivateKey))
		if err != nil || f.ClientEmail == "" {
			return nil, fmt.Errorf("%s: a service_account needs client_email and private_key: download the key anew", setting)
		}
		a.grant = serviceAccount(f, key, tokenURL, o.Scopes)
	case "authorized_user":
		if f.ClientID == "" || f.ClientSecret == "" || f.RefreshToken == "" {
			return nil, fmt.Errorf("%s: an authorized_user needs client_id, client_secret and refresh_token", setting)
		}
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {f.ClientID}, "client_secret": {f.ClientSecret}, "refresh_token": {f.RefreshToken}}
		a.grant = func(time.Time) (url.Values, error) { return form, nil }
	default:
		return nil, fmt.Errorf("%s: its type must be service_account or authorized_user", setting)
	}
	return a, nil
}

func serviceAccount(f keyFile, key *rsa.PrivateKey, audience string, scopes []string) func(time.Time) (url.Values, error) {
	return func(now time.Time) (url.Values, error) {
		t := jwt.NewWithClaims(jwt.SigningMethodRS256, jwt.MapClaims{
			"iss": f.ClientEmail, "scope": strings.Join(scopes, " "), "aud": audience, "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(),
		})
		t.Header["kid"] = f.PrivateKeyID
		signed, err := t.SignedString(key)
		return url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:jwt-bearer"}, "assertion": {signed}}, err
	}
}

// access gives an access token that is not stale, which is one that was just turned down. Renewing it is done once for all who wait.
// Its errors are *connect.Error and never Unknown: without a token nothing was sent yet.
func (a *Account) access(ctx context.Context, stale string) (string, error) {
	select {
	case a.lock <- struct{}{}:
		defer func() { <-a.lock }()
	case <-ctx.Done():
		return "", connect.Unsent(a.provider, ctx.Err())
	}
	now := time.Now()
	if a.token != "" && a.token != stale && now.Before(a.expires) {
		return a.token, nil
	}
	token, lasts, err := a.renew(ctx, now)
	if err != nil {
		return "", connect.Unsent(a.provider, err)
	}
	a.token, a.expires = token, now.Add(lasts-min(time.Minute, lasts/2))
	return token, nil
}

var code = regexp.MustCompile(`^[a-z_]{1,40}$`)

func (a *Account) renew(ctx context.Context, now time.Time) (token string, lasts time.Duration, err error) {
	form, err := a.grant(now)
	if err != nil {
		return "", 0, &connect.Error{Kind: connect.Refused, Message: a.provider + ": the key file's private key can't sign"}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, a.tokenURL, strings.NewReader(form.Encode()))
	if err != nil {
		return "", 0, errors.New("no request")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := connect.Send(a.client, a.provider, req)
	if err != nil {
		return "", 0, err
	}
	var said struct {
		Token   string  `json:"access_token"`
		Expires float64 `json:"expires_in"`
		Error   string  `json:"error"`
	}
	broken := answer.JSON(a.provider, &said)
	switch {
	case answer.Status != http.StatusOK:
		e := connect.Status(a.provider, answer.Status, answer.Header, "")
		switch {
		case e.Kind == connect.Refused && broken == nil:
			e.Message = a.expired()
			if code.MatchString(said.Error) {
				e.Message += " (" + said.Error + ")"
			}
		case e.Kind == connect.Refused:
			e.Message = a.provider + ": signing in failed: check connectors." + a.provider + ".token_url"
		}
		return "", 0, e
	case broken != nil:
		return "", 0, broken
	case said.Token == "":
		return "", 0, &connect.Error{Kind: connect.Retry, Message: a.provider + ": signing in gave no access token"}
	}
	lasts = time.Hour
	if said.Expires > 0 {
		lasts = time.Duration(min(said.Expires, 86400) * float64(time.Second))
	}
	return said.Token, lasts, nil
}

func (a *Account) expired() string {
	return fmt.Sprintf("%s: the credentials are no longer valid: get a new key file from Google and put it at connectors.%s.credentials_file", a.provider, a.provider)
}

// scrub takes secrets out of words that came from outside.
func (a *Account) scrub(s, token string) string {
	for _, secret := range append([]string{token}, a.secrets...) {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, "…")
		}
	}
	return s
}
