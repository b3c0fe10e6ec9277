package all

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/http/httpproxy"

	"tocsin/internal/connect"
)

// Client is how connectors reach their services. Private addresses are reached only at hosts that the configuration itself names in a
// setting ending in "url", and at the proxies of the environment; not because a service, a key file or a name server says so. wrap, if not
// nil, goes around every dialling. Secrets of c that a service throws back are taken out of its answers.
func Client(c Config, wrap func(connect.Dial) connect.Dial) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 32
	transport.DialContext = connect.Guard(named(c))
	if wrap != nil {
		transport.DialContext = wrap(transport.DialContext)
	}
	return &http.Client{Transport: scrub{transport, secrets(c)}}
}

// named lists the hosts that c and the environment name.
func named(c Config) []string {
	proxy := httpproxy.FromEnvironment()
	urls := []string{proxy.HTTPProxy, proxy.HTTPSProxy}
	each(c, func(name, value string) {
		if strings.HasSuffix(name, "url") {
			urls = append(urls, value)
		}
	})
	var hosts []string
	for _, s := range urls {
		if u, err := url.Parse(strings.TrimSpace(s)); err == nil && u.Hostname() != "" {
			hosts = append(hosts, u.Hostname())
		}
	}
	return hosts
}
