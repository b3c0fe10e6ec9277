package redact

import "testing"

// TestHeld: what is no name but must not leave by itself, and what looks like it and may.
func TestHeld(t *testing.T) {
	t.Parallel()
	r := New(nil, nil).Guard([]string{"10.1.2.3", "db9.internal"})
	for in, want := range map[string]string{
		"export AWS_KEY=AKIAIOSFODNN7EXAMPLE now":                                  "export AWS_KEY=[secret withheld] now",
		"token: glpat-abcDEF123456_xyz":                                            "token: [secret withheld]",
		"curl -H 'Authorization: Bearer abcdef0123456789ABCDEF'":                   "curl -H 'Authorization: Bearer [secret withheld]'",
		"postgres://app:hunter22@db1.example.com/prod":                             "postgres://app:[secret withheld]@db1.example.com/prod",
		"the password is Tr0ub4dor&3 now":                                          "the password is [secret withheld] now",
		"DB_PASSWORD=s3cr3t-pw-1 systemctl restart":                                "DB_PASSWORD=[secret withheld] systemctl restart",
		"https://hooks.slack.com/services/T0/B0/abcdefgh posted":                   "[secret withheld] posted",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcDEF":                          "[secret withheld]",
		"-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nok": "[secret withheld]\nok",
		"ssh db1.cluster.internal and gitlab.corp":                                 "ssh [internal host] and [internal host]",
		"lag on 10.70.2.101:5432, peer fd12:3456::1 gone":                          "lag on [address withheld]:5432, peer [address withheld] gone",
		"198.51.100.7, 127.0.0.1 and 0.0.0.0 stay":                                 "198.51.100.7, 127.0.0.1 and 0.0.0.0 stay",
		"version 10.0.0.1 of the client; v1.2.3.4":                                 "version 10.0.0.1 of the client; v1.2.3.4",
		"settled: 10.1.2.3 and db9.internal":                                       "settled: 10.1.2.3 and db9.internal",
		"the token is expired; the secret was rotated":                             "the token is expired; the secret was rotated",
		"password: $DB_PASSWORD, token=<your token>, key: ******":                  "password: $DB_PASSWORD, token=<your token>, key: ******",
		"Error rates are falling since 21:10:05 UTC on db1.":                       "Error rates are falling since 21:10:05 UTC on db1.",
		"Cache key: user_sessions, primary key: project_id":                        "Cache key: user_sessions, primary key: project_id",
		"commit 4f1d230a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e is live":                  "commit 4f1d230a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d4e is live",
	} {
		got := r.Text(in)
		if got.String() != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
		if twice := r.Text(got.String()); twice != got {
			t.Errorf("%q: twice %q", in, twice)
		}
	}
	if f := New(nil, nil).Find("ssh 10.0.0.1"); len(f.Flag) != 0 || len(f.Hold) != 1 || f.Hold[0].Why != "network address" {
		t.Errorf("%+v", f)
	}
}

// TestUTC: local times become UTC where their zone says what it is.
func TestUTC(t *testing.T) {
	t.Parallel()
	r := New(nil, nil).Guard(nil)
	for in, want := range map[string]string{
		"It is late (23:00 CET), I sign off.":                "It is late (22:00 UTC), I sign off.",
		"at 00:30 CEST":                                      "at 22:30 UTC the day before",
		"2017-02-01 00:14:05 CET restored":                   "2017-01-31 23:14:05 UTC restored",
		"2017-01-31T18:00:00-05:00 spam":                     "2017-01-31 23:00:00 UTC spam",
		"11 pm EST or 3:30 PM PDT":                           "04:00 UTC the day after or 22:30 UTC",
		"09:00 UTC+2, 9:15 GMT-3:30":                         "07:00 UTC, 12:45 UTC",
		"21:00 UTC and 21:00 stay, so does 9:00 PT":          "21:00 UTC and 21:00 stay, so does 9:00 PT",
		"2017-01-31T23:00:00Z stays, 10:00 IST stays":        "2017-01-31T23:00:00Z stays, 10:00 IST stays",
		"2026-04-23 16:05-09:30 UTC, 2026-04-23 16:05-20:43": "2026-04-23 16:05-09:30 UTC, 2026-04-23 16:05-20:43",
		"12 EST tickets, 25:00 CET, 5 CET":                   "12 EST tickets, 25:00 CET, 5 CET",
	} {
		if got := r.Text(in); got.String() != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func FuzzGuard(f *testing.F) {
	r := New(everyone, nil).Guard(nil)
	for _, s := range []string{"password: hunter2 23:00 CET", "10.0.0.1 token=abc123def ghp_abcdefghijk0", "-----BEGIN PRIVATE KEY-----", "a@b.internal:5 eyJabcdefghijk.abcdefghijk", "token: Ana1 Kovac", "2017-01-31 23:00 +0100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := r.Text(s)
		if twice := r.Text(once.String()); twice != once {
			t.Fatalf("%q: once %q, twice %q", s, once, twice)
		}
	})
}
