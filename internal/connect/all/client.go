package all

import (
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"tocsin/internal/connect"
)

// Client is how connectors reach their services. Private addresses are reached only at hosts that the configuration itself names in a
// setting ending in "url", and at the proxies of the environment; not because a service, a key file or a name server says so. wrap, if not
// nil, goes around every dialling.
func Client(c Config, wrap func(connect.Dial) connect.Dial) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 32
	transport.DialContext = connect.Guard(named(c))
	if wrap != nil {
		transport.DialContext = wrap(transport.DialContext)
	}
	return &http.Client{Transport: transport}
}

// named lists the hosts that c and the environment name.
func named(c Config) []string {
	proxy := httpproxy.FromEnvironment()
	urls := []string{proxy.HTTPProxy, proxy.HTTPSProxy}
	v := reflect.ValueOf(c)
	for n := range v.NumField() {
		provider := v.Field(n)
		for m := range provider.NumField() {
			if strings.HasSuffix(provider.Type().Field(m).Tag.Get("yaml"), "url") && provider.Field(m).Kind() == reflect.String {
				urls = append(urls, provider.Field(m).String())
			}
		}
	}
	var hosts []string
	for _, s := range urls {
		if u, err := url.Parse(strings.TrimSpace(s)); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}
