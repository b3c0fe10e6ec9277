package blame

import (
	"slices"
	"strings"

	"tocsin/internal/catalogue"
)

// Update is what CheckUpdate has to know besides the words.
type Update struct {
	Stage  string // investigating, identified, monitoring, resolved; empty: not said
	Next   bool   // a time of the next update is promised beside the text
	People []string
}

// forPublic are the rules that only hold for what the public reads.
var forPublic = []rule{
	{"public-promise", "promise", catalogue.Mark("Promises without a bound: nobody can hold it or be held to it."), catalogue.Mark("Say what is done and when there will be news: 'Next update by 14:30 UTC.'"), []pattern{
		p(`\b(?:should|will|ought to|must) (?:all |now |soon |shortly )*be (?:fully |completely |now |soon )*(?:fixed|resolved|back|restored|over|solved|working|fine|ok|okay|up again|back to normal|available again)\b`).where(unbounded),
		p(`\b(?:soon|shortly|momentarily|as soon as (?:possible|we can)|asap|any (?:minute|moment|second)(?: now)?|in no time|before long|in a (?:moment|minute|bit|while)|right away|in the near future)\b`).where(all(unbounded, not(next("after before as")))),
		p(`\b(?:we |i )?(?:guarantee|promise|assure you|can assure)\b`),
		p(`\b(?:will|won['’]t|can(?:not|['’]t)|can never|will never|never|not) (?:ever )?(?:happen|occur|recur)(?: ever)? again\b|\bnever again\b|\bonce and for all\b`)}},
	{"public-cause", "cause", catalogue.Mark("Names a cause that nobody has confirmed."), catalogue.Mark("Say what users notice and what is being done; the cause when it is known."), []pattern{
		p(`\b(?:probably|presumably|apparently|possibly|likely|maybe|perhaps) (?:due to|because of|caused by|the result of|related to|a)\b`),
		p(`\b(?:we (?:think|suspect|guess|assume|believe)|it (?:seems|looks like|appears)|seems to be|appears to be|looks to be|might be|may be|could be) (?:\w+ ){0,4}(?:caused by|due to|because of|the cause|related to|a bug in|an attack|overload(?:ed)?|somebody|someone|our (?:provider|supplier))\b`)}},
	{"public-jargon", "jargon", catalogue.Mark("A word that only insiders know."), catalogue.Mark("Say it in the words of those who use the service: 'writes fail', 'pages load slowly'."), []pattern{
		p(`\b(?:WAL|OOM|OOM-?killed|k8s|kubernetes|kubelet|etcd|sidekiq|gitaly|pgbouncer|patroni|haproxy|nginx|unicorn|redis|postgres(?:ql)?|mysql|kafka|rabbitmq|elasticsearch|memcached|zookeeper|vitess|consul|terraform|ansible|chef|helm|istio|envoy|mutex|segfault|core dump|kernel panic|stack ?trace|fsync|inode|iops|p9[059]|5xx|4xx|HTTP 5\d\d|50[0-4]s?|QPS|RPS|TPS|SLOs?|SLIs?|MTTR|RCA|DR site|split[- ]brain|quorum|raft|shards?|sharding|replica(?:s|tion)?(?: lag)?|failover|failed over|fail over|primary (?:db|database|node)|standby|walsender|vacuum|autovacuum|pods?|cron ?job|canary|rollback|rolled back|hotfix|cherry-?pick(?:ed)?|feature flag|circuit breaker|thundering herd|backpressure|deadlock|garbage collect(?:ion|or)|heap|thread pool|connection pool|cgroup|TTL|BGP|NAT|VPC|VM|ACL|mTLS|CDN|DB|prod|config(?: push)?|cutover|brownout|blast radius)\b`).where(insider)}},
	{"public-tone", "tone", catalogue.Mark("Is neither calm nor plain."), catalogue.Mark("Plain and calm: what happens, what is done, when there will be news. 'Sorry' once, at the end."), []pattern{
		p(`\b(?:unfortunately|sadly|regrettably|oops|whoops|yikes|ouch|uh-?oh|d['’]oh|lol|haha|gremlins?|hiccups?|bear with us|hang tight|hold on to your|sit tight|fingers crossed|touch wood|bad news|good news|nightmare|disaster|catastroph(?:e|ic)|meltdown|apocalypse|panic|chaos|mess|crazy|insane|hell|damn|wtf|sorry, not sorry|houston)\b`),
		p(`!+`), p(`[\x{1F300}-\x{1FAFF}\x{2600}-\x{27BF}]`)}},
	{"public-time", "time", catalogue.Mark("A time without a zone, or one that readers can't place."), catalogue.Mark("All public times are UTC: '14:30 UTC'."), []pattern{
		p(`\b\d{1,2}:\d\d(?::\d\d)?(?: ?[ap]\.?m\.?)?`).where(zoneless),
		p(`\b\d{1,2} ?[ap]m\b`).where(zoneless),
		p(`\b(?:local time|our time|(?:this|tomorrow|in the) (?:morning|afternoon|evening)|tonight|end of (?:the )?day|EOD|COB|overnight)\b`)}},
	{"public-pronoun", "person", catalogue.Mark("A gendered pronoun tells who it was."), catalogue.Mark("Name the role, or say it of the system: 'the engineer', 'the database was restored'."), []pattern{
		p(`\b(?:he|she|him|his|her|hers|himself|herself|he/she|s/he)\b`)}},
}

// CheckUpdate finds blame in a text for the public, and what does not belong there: promises without bounds, causes nobody has confirmed,
// jargon, an uneasy tone, times without a zone, pronouns that tell who it was; and that no time of the next word is given, unless it is
// over (language of the public, R16). It does not look for names: that is redaction's.
func CheckUpdate(text string, u Update) []Finding {
	out := append(Check(text, u.People...), check(text, forPublic, nil)...)
	if !u.Next && u.Stage != "resolved" && strings.TrimSpace(text) != "" && !saysNext(text) {
		end := len(strings.TrimRight(text, " \n\t"))
		out = append(out, Finding{"public-next", 0, end, catalogue.Mark("Does not say when there will be news."), catalogue.Mark("End with a time that can be kept: 'Next update by 14:30 UTC.'")})
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return a.Start - b.Start })
	return out
}

// CheckPublic finds in a text for the public, of no stage, what CheckUpdate finds, without asking for a next time.
func CheckPublic(text string, people ...string) []Finding {
	return CheckUpdate(text, Update{Next: true, People: people})
}

// CheckGuess finds in a guess that the public reads what CheckPublic finds, but that a cause is not confirmed, for that is what a guess is; and
// that it does not say so (R14).
func CheckGuess(text string, people ...string) []Finding {
	out := slices.DeleteFunc(CheckPublic(text, people...), func(f Finding) bool { return f.Rule == "public-cause" })
	if strings.TrimSpace(text) != "" && !hedged.re.MatchString(text) {
		out = append(out, Finding{"public-guess", 0, len(strings.TrimRight(text, " \n\t")), catalogue.Mark("Does not say that it is a guess."), catalogue.Mark("Begin with 'We suspect that …'; say what would confirm it.")})
	}
	return out
}

var hedged = p(`\b(?:suspect|think|believe|assume|guess|may|might|could|perhaps|maybe|possibly|probably|presumably|apparently|likely|seems?|appears?|looks? (?:like|as if)|suggests?|hypothes[ie]s|not (?:yet )?confirmed|unconfirmed)\b`)

var nextTime = p(`\b(?:next|another|further|more|new|an?) (?:public )?(?:update|news|word|information|report)s?\b.{0,40}(?:\d|\bhour\b)|\bupdate (?:you |this page |here )?(?:again )?(?:by|at|in|within|every)\b.{0,12}\d|\b(?:keep|continue) (?:watching|monitoring).{0,20}until.{0,6}\d|\b(?:update|news|word) (?:by|at|within|every|in)\b.{0,12}\d`)

func saysNext(text string) bool { return nextTime.re.MatchString(text) }

// unbounded holds where the sentence gives no time.
func unbounded(s spot) bool {
	for k := s.a; k < s.b; k++ {
		w := s.words[k]
		if w.raw[0]-'0' < 10 && (strings.Contains(w.raw, ":") || k+1 < s.b && oneOf(s.words[k+1].low, "utc minutes minute min hours hour h days day")) {
			return false
		}
	}
	return true
}

// insider keeps words that also mean something plain.
func insider(s spot) bool {
	w := s.plain[s.start:s.end]
	switch strings.ToLower(w) {
	case "vm", "db", "nat", "acl", "wal", "ttl", "chef", "helm", "raft", "consul":
		return strings.ToUpper(w) == w
	case "500", "501", "502", "503", "504":
		return !oneOf(s.after(1), "users customers people minutes requests projects hours gb mb") && (s.before(1) == "http" || s.after(1) == "errors" || s.after(1) == "error")
	}
	return true
}

// zoneless holds where no zone follows a time.
func zoneless(s spot) bool {
	if next := s.after(1); oneOf(next, "utc gmt z") || oneOf(next, "to and until - –") && oneOf(s.after(3), "utc gmt") {
		return false
	}
	rest := s.plain[s.end:]
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "-") && !strings.HasPrefix(rest, "–")
}
