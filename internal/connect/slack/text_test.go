package slack

import "testing"

func TestMrkdwn(t *testing.T) {
	for in, want := range map[string]string{
		"@channel, we have a major outage":                 "<!channel>, we have a major outage",
		"@channel":                                         "<!channel>",
		"@channel @channel\n@channel":                      "<!channel> <!channel>\n<!channel>",
		"me@channel.org, @channels, @@channel, @channel-x": "me@channel.org, @channels, @@channel, @channel-x",
		"<!channel> <@U123> & co":                          "&lt;!channel&gt; &lt;@U123&gt; &amp; co",
		"refer to [runbooks-production-incident]":          "refer to [runbooks-production-incident]",
		"refer to [runbooks-production-incident](https://example.com/r?a=1&b=2)": "refer to <https://example.com/r?a=1&amp;b=2|runbooks-production-incident>",
		"[a & b](https://x.example/(1)) @channel":                                "<https://x.example/(1)|a &amp; b> <!channel>",
		"[x](javascript:alert)":                                                  "[x](javascript:alert)",
		"[a](https://e.example/|!channel>)":                                      "[a](https://e.example/|!channel&gt;)",
		"[a|b](https://e.example/|c)":                                            "<https://e.example/%7Cc|a|b>",
		"you can find the public doc https://docs.example/x?y=1&z":               "you can find the public doc https://docs.example/x?y=1&amp;z",
	} {
		if got := mrkdwn(in); got != want {
			t.Errorf("mrkdwn(%q)\n got %q\nwant %q", in, got, want)
		}
	}
}

func TestWish(t *testing.T) {
	for in, want := range map[string]string{
		"inc-7-db-down": "inc-7-db-down", "INC 7: DB down!": "inc-7-db-down", "…": "incident", "": "incident",
	} {
		if got := wish(in, 1); got != want {
			t.Errorf("wish(%q) = %q, want %q", in, got, want)
		}
	}
	long := wish("a-very-long-name-that-goes-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on-and-on", 9)
	if len(long) > 80 || long[len(long)-2:] != "-9" {
		t.Errorf("%q", long)
	}
}
