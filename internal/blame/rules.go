package blame

import (
	"strings"

	"tocsin/internal/catalogue"
)

// Words that rules share.
const (
	adv      = `(?:(?:also|then|again|still|just|simply|never|always|not|really|probably|easily|likely|even|already|first|all|both|\w+ly) ){0,2}`
	notWord  = `(?:n['’]t| not|)`
	attended = `(?:prevented|avoided|caught|noticed|known|seen|stopped|checked|tested|detected|spotted|averted|mitigated|foreseen|anticipated|predicted|verified|reviewed|escalated|rolled back|found|limited|reduced|shortened|flagged|realized|realised|asked|paged|alerted)`
	act      = `(?:check|verify|notice|test|read|escalate|review|think|bother|realise|realize|follow|ask|look|document|communicate|double-check|confirm|validate|consult|page|call|inform|tell|warn|raise|act|respond|react|pay|care|listen|understand|consider|monitor|rehearse|update|own)`
	did      = `(?:checked|verified|noticed|tested|read|escalated|reviewed|thought|bothered|realised|realized|followed|asked|looked|documented|communicated|confirmed|validated|consulted|paged|called|informed|told|warned|raised|acted|responded|reacted|cared|listened|understood|monitored|rehearsed|knew|spotted|caught|owned)`
	harmed   = `(?:broke|broken|botched|bungled|wrecked|messed up|screwed up|fucked up|mucked up|blew up|took down|taken down|brought down|knocked out|knocked over|crashed|killed|caused|triggered|nuked|trashed|ruined|borked|hosed|sabotaged)`
	broken   = `(?:caused|triggered|introduced|broken|deleted|brought down|taken down|wiped|dropped|misconfigured|botched|overwritten|killed|knocked out|corrupted|mistyped|provoked)`
)

// rules are in the order of data/blame-rules.json, from which they grew; their ids are stable.
var rules = []rule{
	{"counterfactual-should", "counterfactual", catalogue.Mark("Says what did not happen instead of what did."),
		catalogue.Mark("State what the person saw and did, and what made it sensible: 'At 23:25 the prompt showed only `db1`; the command ran there.'"), []pattern{
			p(`\b(?:should` + notWord + `|ought(?:n['’]t| not)? to(?: not)?) ` + adv + `have\b`).where(lapse), p(`\bshould(?:n['’]t)?['’]ve\b`).where(lapse), p(`\bshould(?:n['’]t)? of\b`).where(not(next("course"))),
			p(`\b(?:was|were) (?:required|expected|obliged|meant) to\b`).by(byPerson)}},
	{"counterfactual-could", "counterfactual", catalogue.Mark("Imagined alternative."), catalogue.Mark("Move to 'further actions': 'A check on backup size is proposed (#1095).'"), []pattern{
		p(`\b(?:could|would|might)(?:n['’]t| not| never)?(?: (?:easily |simply |just |also |well |perhaps |probably |only |\w+ly )*have|['’]ve) ` + adv + `(?:been ` + adv + `)?` + attended + `\b`).where(not(byPublic)),
		p(`\b(?:would|could)(?:n['’]t| not| never)(?: have|['’]ve) ` + adv + `(?:happened|occurred|been (?:lost|deleted|affected|needed|necessary|possible))\b`),
		p(`\bcould(?: have|['’]ve) (?:done|been done|tried|acted|chosen|used|rolled|restored|failed over|responded|reacted)\b`).where(not(byPublic)),
		p(`\b(?:was|were|is) (?:entirely |easily |completely |totally |wholly )?(?:preventable|avoidable)\b`).where(not(denied))}},
	{"counterfactual-ifonly", "counterfactual", catalogue.Mark("Imagined alternative."), catalogue.Mark("Describe which information was available at that time."), []pattern{
		p(`\bif only (?:(?:we|he|she|they|i|you|someone|somebody|anyone|the|our|a|an|there|it) )?(?:[\w-]+ ){0,3}(?:had|were|was|would|could|knew|looked|asked|checked|['’]d)\b`),
		p(`\bif only (?:we|he|she|they|i|someone|somebody|anyone|there)\b`),
		p(`\bhad (?:i|we|he|she|they|you|someone|somebody|anyone|anybody|nobody|the \w+|[\w-]+) (?:\w+ )?(?:only |ever |not )?(?:known|checked|noticed|followed|tested|read|asked|looked|been|thought|verified|done|seen|run|taken|used|escalated|reviewed|fired|paged|stopped|waited|worked|rehearsed|paid|set|kept|had|made|enabled)\b`).where(inverted),
		p(`\bif ([\w-]+ ){0,2}[\w-]+ had(?:n['’]t| not)? (?:only |just |simply )?(?:been )?\w+(?:ed|wn|en|ad|un|ght|one)\b`).where(conditional)}},
	{"counterfactual-needed", "counterfactual", catalogue.Mark("Measures a person against a rule after the fact."), catalogue.Mark("'The step is not in the checklist / nothing reminded the engineer.'"), []pattern{
		p(`\b(?:was|were|am|are|is)(?:n['’]t| not)? supposed to be (?:checked|tested|reviewed|verified|monitored|escalated|documented|approved|watched|rehearsed|done|told|informed)\b`),
		p(`\b(?:was|were)(?:n['’]t| not)? supposed to\b`).by(byName),
		p(`\b(?:neglect(?:ed|s|ing)?|omit(?:ted|s|ting)?|forg(?:ot|ets?|otten|etting)) (?:to\b|about\b|that\b|the\b)`).where(notByThing),
		p(`\b(?:neglected|forgot|forgotten)\b`).where(either(byName, all(opens, not(asks)), follows("was were been")))}},
	{"human-error", "blame", catalogue.Mark("Ends the analysis at a person."), catalogue.Mark("Name the condition: 'both hosts show the same prompt'; 'the tool accepts any number of servers'."), []pattern{
		p(`\b(?:human|operator|user|engineer|pilot|manual|operational|personnel|driver|admin|administrator|developer|people) (?:error|mistake|failure|oversight)\b`).where(not(next("log logs rate rates budget code codes message messages page pages handling report reports tracking state type types in-app tolerance"))),
		p(`\bhuman (?:errors|mistakes|fallibility|oversight)\b`), p(`\bPEBKAC\b|\bID-?10-?T\b|\bfat[- ]?finger(?:ed|ing|s)?\b|\blayer 8\b|\bbutterfingers\b`)}},
	{"fault", "blame", catalogue.Mark("Assigns fault."), catalogue.Mark("'The change that preceded the errors was …'"), []pattern{
		p(`\b(?:his|her|their|my|our|your|whose|[\w-]+['’]s) (?:own |big |grave |stupid |honest |serious )?(?:fault|mistakes?|blunders?|negligence|oversight|carelessness|ignorance|incompetence|sloppiness|inexperience|inattention|screw-?up|inaction)\b`).where(owned),
		p(`\b(?:was|is|were|are|be|been|squarely|entirely|clearly|[\w-]+['’]s) at fault\b`).where(all(not(denied), not(byThing))),
		p(`\b(?:to blame|blamed? (?:on|for)|(?:takes?|took|deserves?|bears?|accepts?|shares?) (?:all |full |some |the |part of the )*(?:blame|responsibility)|pointed fingers|finger-pointing)\b`).where(all(not(denied), not(byThing))),
		p(`\b(?:is|are|was|were) (?:solely |fully |directly |personally |entirely )?(?:responsible|accountable) for (?:the|this|our|that) (?:\w+ )?(?:outage|incident|failure|downtime|loss|mess|disaster|breakage|crash|problem)\b`).where(all(not(denied), not(byThing))),
		p(`\b(?:should be|be|was|were|being|must be|is|are) (?:held accountable|held responsible|disciplined|reprimanded|punished|fired|sacked)\b`).where(not(byThing)),
		p(`\b(?:made|making|makes|commit(?:s|ted)) (?:a|an|the|this|that|some|several|many) (?:\w+ )?(?:mistakes?|blunders?|errors?|wrong call|bad call|typos?|slip)\b`).where(notByThing),
		p(`\b(?:mistake|error|blunder|slip|oversight|negligence|carelessness|typo|misjudg(?:e)?ment|screw-?up|incompetence) (?:made )?(?:by|of|from|on the part of)\b`).of(ofPerson),
		p(`\b(?:(?:was|is) (?:just |simply |clearly )?a (?:big |bad |grave |huge |costly |terrible |serious )?(?:mistake|blunder)) to\b`),
		p(`\bculprits?\b|\bguilty\b|\bguilt\b|\bscapegoat\b|\boffenders?\b|\bperpetrators?\b|\bwrongdoing\b`).where(not(denied))}},
	{"careless", "judgement", catalogue.Mark("Judges a person or act."), catalogue.Mark("Drop the adjective; state the observable fact."), []pattern{
		p(`\b(?:careless(?:ly|ness)?|negligen(?:t|tly|ce)|reckless(?:ly|ness)?|incompeten(?:t|tly|ce)|stupid(?:ly|ity)?|idiot(?:s|ic|ically)?|foolish(?:ly|ness)?|inexcusabl[ey]|embarrassing(?:ly)?|unacceptabl[ey]|irresponsibl[ey]|unprofessional(?:ly)?|amateurish|clumsy|clumsily|clueless|thoughtless(?:ly)?|shameful(?:ly)?|inept(?:ly)?|half-?assed|bone-?headed|moron(?:ic|s)?|ridiculous(?:ly)?|appalling(?:ly)?|pathetic(?:ally)?|disgraceful(?:ly)?|unforgivabl[ey]|slipshod|laz(?:iness)|undisciplined|ill-considered|short-?sighted|cavalier|haphazard(?:ly)?|heedless(?:ly)?)\b`).where(all(not(denied), not(next("collision")))),
		p(`\b(?:sloppy|sloppily|sloppiness)\b`).where(not(next("quorum quorums counter"))),
		p(`\blazy\b`).where(not(next("loading load loads loaded evaluation init initialization initialisation initialized initialised connect connection connections mode deletion free freeing allocation fetch fetching migration migrations import imports binding write writes propagation expiration eviction"))),
		p(`\bdumb\b`).where(not(next("terminal terminals proxy pipe pipes client clients init http protocol"))),
		p(`\b(?:too|so|very|was|were|is|are|been|being|quite|rather|a bit) (?:hasty|complacent|naive|impatient|distracted|inattentive|arrogant|panicky|timid|passive|slow to (?:react|respond|escalate|notice|act))\b`).where(not(byThing)),
		p(`\b(?:poor|bad|terrible|questionable|wrong|dubious|faulty) (?:judge?ment|call|decision|decision-making|discipline|work ethic|attitude|workmanship|diligence)\b`),
		p(`\b(?:know|knew|known) better\b|\black of (?:care|diligence|discipline|attention|judge?ment|ownership|competence|common sense|professionalism)\b|\bpanicked\b`).where(notThingVerb)}},
	{"failed-to-human", "judgement", catalogue.Mark("'Failed to' with a person as subject."),
		catalogue.Mark("'… did X instead' or 'nothing in the tool showed that …'. (A system that failed to do something is a fact: not flagged.)"), []pattern{
			p(`\b(?:fail(?:ed|s|ing)?|refused|refuses|declined|did ?n['’]t manage|did not manage|could ?n['’]t be bothered|could not be bothered|were ?n['’]t bothered) to\b`).by(byPerson),
			p(`\b(?:fail(?:ed|s)) to (?:check|verify|notice|test|escalate|review|realise|realize|follow|ask|document|communicate|double-check|consult|think|pay|heed|understand|own|listen)\b`).by(byName),
			p(`\b(?:did|does|do)(?:n['’]t| not) (?:even |ever |bother to |properly |actually |adequately |sufficiently |fully |think to |take the time to |stop to )*` + act + `\b`).by(byOther),
			p(`\bnever (?:even |once |actually |bothered to |properly )*` + did + `\b`).by(byPerson),
			p(`\b(?:nobody|no one|none of (?:us|them|you)) (?:even |ever |on the team |actually |had )*` + did + `\b`).where(not(generalised)),
			p(`\bwithout (?:even |ever |first |properly |actually )*(?:checking|verifying|testing|thinking|reading|asking|looking|consulting|reviewing|telling|informing|confirming|realising|realizing)\b`).where(among(12, "he she they i we someone somebody engineer operator developer team admin intern manager dba sre on-call")),
			p(`\bfailure (?:of|by|on the part of)\b`).of(ofPerson),
			p(`\b(?:the |an? |our |his |her )?(?:engineer|operator|developer|team|admin|dba|sre|on-call|manager|person|intern)['’]s (?:failure|inability|refusal|unwillingness)\b`)}},
	{"should-know", "hindsight", catalogue.Mark("Hindsight: it is plain only now."), catalogue.Mark("Say when and through which signal it became known."), []pattern{
		p(`\bobvious(?:ly)?\b`).where(all(not(denied), not(among(2, "no less nothing anything isn't more un")))),
		p(`\bclearly\b`).where(all(not(denied), not(among(1, "to more very as so state states stated speak communicate communicated label labelled labeled document documented marked visible shown show shows see seen separated")), not(next("labelled labeled documented marked visible separated shown defined stated communicated documented written readable named communicate label document mark define state show")))),
		p(`\bof course\b|\bevidently\b|\bneedless to say\b|\bcommon sense\b|\b(?:as|like) everyone knows\b|\b(?:in|with) hindsight\b|\bin retrospect\b|\bwith the benefit of\b|\bwe all know\b|\bevery(?:one|body) (?:knows|knew)\b|\bas any(?:one|body)\b|\bself-evident\b|\bin plain sight\b|\bglaring(?:ly)?\b|\bblatant(?:ly)?\b|\bno-brainer\b|\bhindsight\b|\bthe writing was on the wall\b`),
		p(`\b(?:the|all the|every|warning) (?:signs|writing|evidence) (?:was|were) (?:all )?(?:there|plain|clear)\b`),
		p(`\blooking back\b`).where(not(next("at through over to in into"))),
		p(`\b(?:anyone|any (?:competent |decent |experienced |good )?(?:engineer|developer|operator|sre|dba|admin)) (?:would|could|should|can)\b`)}},
	{"just-simply", "hindsight", catalogue.Mark("Makes the other path look easy."), catalogue.Mark("Remove; list the steps that were really required."), []pattern{
		p(`\b(?:just|simply|merely|only) (?:had|needed|have|has|need|needs) to\b`).by(ours),
		p(`\b(?:had|needed) (?:only|merely|just|simply) to\b`).by(ours),
		p(`\ball (?:i|he|she|they|we|it|you|anyone|someone|the \w+) (?:had|needed) to (?:do|have)\b|\ball (?:that )?(?:it )?(?:would have taken|took|was needed)(?: to| was| is)\b|\ball it (?:would have taken|took)\b`),
		p(`\bit (?:would have|would['’]ve) (?:only |just )?(?:taken|cost|been (?:easy|trivial|simple))\b|\b(?:would|could|should)(?: have|['’]ve) (?:just|simply|easily|merely)\b|\b(?:was|would be|is) (?:as )?(?:trivial|simple|easy) (?:to have|enough to (?:avoid|prevent|check|spot|see))\b`),
		p(`\bwhy not just\b|\bhow hard (?:is|was|can|could|would) it\b|\ba simple (?:check|test|look|glance|search|review|grep|phone call|question|read) (?:would|could|might)\b`)}},
	{"misread", "hindsight", catalogue.Mark("Describes attention from the outcome backwards."), catalogue.Mark("'The alert was 1 of 212 that hour, in a channel without paging.'"), []pattern{
		p(`\b(?:overlook(?:ed|s|ing)|misread(?:ing|s)?|misjudg(?:ed|es|ing)|underestimat(?:ed|es|ing)|overestimated|mistook|misunderstood|misinterpreted|misdiagnosed|misheard|miscalculated|discounted)\b`).by(seen),
		p(`\b(?:missed|ignor(?:ed|es|ing)|disregarded|dismissed|skipped|bypassed|confused|mixed up|glossed over|brushed off|brushed aside|shrugged off|turned a blind eye|fell for|jumped to)\b`).by(all(byName, not(within(4, "cache caches webhook webhooks slo slos target targets heartbeat heartbeats deadline window webhooks jobs rows packets frames call meeting train")))),
		p(`\b(?:missed|ignored|overlooked|disregarded|dismissed)\b`).where(all(follows("was were been got went being repeatedly largely simply initially"), warned, not(byWhat))),
		p(`\blost (?:situational awareness|focus|track|sight|concentration|the plot)\b|\bcomplacen(?:t|cy)\b|\btunnel vision\b|\binattenti(?:on|ve)\b|\boversights?\b`).where(notByThing),
		p(`\b(?:got|was|were|became|getting) (?:confused|distracted|careless|sidetracked|overconfident|tunnel-visioned)\b`).where(not(byThing)),
		p(`\b(?:slipped|fell) through the cracks\b|\b(?:asleep|dozing) at the (?:wheel|switch)\b|\bdropped the ball\b|\bnot pa(?:id|ying) attention\b|\b(?:was|were)(?:n['’]t| not) paying attention\b|\bwent unnoticed by\b|\blet (?:this|that|it) slip\b`)}},
	{"why-did-you", "blame", catalogue.Mark("Asks for a person or a justification."), catalogue.Mark("Ask 'what did it look like at the time?' / 'how did the change reach production?'"), []pattern{
		p(`\bwhy (?:did|do|does|was|were|is|are|has|have|had|would|could|should)(?:n['’]t)?\b`).of(accuses),
		p(`\bwho (?:the hell |exactly |on earth )?(?:did|broke|caused|deleted|approved|pushed|merged|deployed|dropped|wrote|introduced|misconfigured|forgot|botched|messed|screwed|signed off|let|allowed|authoris?zed|authorised|authorized|thought|decided|ran|triggered|removed|changed|touched|made|was responsible|is responsible|was supposed|was watching|was on|is to blame|was asleep|missed|ignored|owns|owned)\b`).where(either(whodunit, all(harms, byWorker))),
		p(`\b(?:whose) (?:idea|decision|change|commit|job|responsibility|fault|bug|mistake|code|deploy|call)\b`),
		p(`\bwhat (?:was|were|is|are) (?:he|she|they|you|the \w+) thinking\b|\bhow could (?:you|he|she|they|anyone|anybody|someone|the (?:team|engineer|operator|developer))\b|\bhow (?:did|could) (?:nobody|no one|noone)\b|\b(?:explain|justify) yourself\b`),
		p(`\bfind(?:ing)? (?:out )?who\b|\b(?:track|hunt)(?:ing)? down who(?:ever)?\b|\bwhoever (?:did|broke|caused|deleted|approved|pushed|merged|deployed)\b`)}},
	{"root-cause-single", "single-cause", catalogue.Mark("One cause, or a person as the cause."),
		catalogue.Mark("'Contributing factors:' with at least one of each: trigger, latent condition, detection, response."), []pattern{
			p(`\b(?:the|a|its|our) (?:(?:sole|single|one|only|real|true|one and only|ultimate|actual) )+(?:root[- ])?(?:cause|reason)\b`).where(all(not(denied), not(among(1, "not no")))),
			p(`\b(?:root[- ]?cause|cause|reason|problem|trigger|weak(?:est)? link|issue)(?: of (?:the|this) \w+)? (?:was|is|were|:)(?: simply| just| clearly| really| that)?\b`).of(blamesPerson),
			p(`\broot[- ]?cause: ?`).of(ofPerson),
			p(`\b(?:boils|comes|came|boiled) down to (?:one|a single|human|the)\b`).where(either(ofPerson, within(2, "mistake error person engineer thing cause")))}},
	{"name-as-cause", "blame", catalogue.Mark("A person as the agent of harm."), catalogue.Mark("Passive of the system: 'A deployment at 13:42 …'; use the role if an actor is needed."), []pattern{
		p(`\b` + broken + ` (?:accidentally |mistakenly |inadvertently |manually |directly )?by\b`).of(byAgent),
		p(`\b` + harmed + `\b`).by(byOther),
		p(`\b(?:due to|because of|thanks to|attribut(?:ed|able) to|blamed on|down to|traced (?:back )?to|pinned on|courtesy of|fault of|at the hands of)\b`).of(ofPerson)}},
	{"absolute", "judgement", catalogue.Mark("Generalises about people."), catalogue.Mark("Count: '3 of the last 5 restores were rehearsed'."), []pattern{
		p(`\b(?:never|always|rarely|seldom|constantly|keeps?|keep on|hardly ever) (?:checks?|tests?|reads?|listens?|follows?|documents?|looks?|asks?|escalates?|reviews?|skips?|forgets?|forgetting|ignores?|ignoring|breaks?|breaking|cuts? corners|complains?|thinks?|communicates?|skipping)\b`).where(notByThing),
		p(`\b(?:no ?body|no one|no-one|none of (?:us|them)) (?:ever |even |really |here |seems to |seemed to )*(?:bothered|cared|thought|cares|bothers|tests|checks|reads|listens|took (?:ownership|responsibility)|owns)\b`),
		p(`\bbothered to\b|\b(?:as usual|as always|yet again|once again|typical(?:ly)?),? (?:he|she|they|the (?:team|engineer|developers?|dbas?|ops))\b|\b(?:cut|cuts|cutting) corners\b`),
		p(`\b(?:these|those|such) (?:people|engineers|developers|operators) (?:never|always|don['’]t|can['’]t|just)\b`)}},
	{"junior", "blame", catalogue.Mark("Uses seniority as an explanation."), catalogue.Mark("Describe access and guard rails instead."), []pattern{
		p(`\b(?:junior|inexperienced)\b`).where(not(either(denied, ofThing))),
		p(`\b(?:inexperience|new[- ]hires?|newbies?|newcomers?|noobs?|rookies?|interns?|trainees?|apprentices?|novices?|graduate hire|working student)\b`).where(not(denied)),
		p(`\b(?:new to the (?:team|company|job|role|codebase)|(?:first|second) (?:day|week|month) (?:on the job|at work|at the company|on the team|on call)|under-?qualified|too green|fresh out of)\b`),
		p(`\b(?:lack(?:ed|s)? (?:of )?(?:the |any |enough |sufficient )?(?:experience|expertise|seniority|skills?|training)|not (?:senior|experienced|qualified|skilled) enough)\b`).where(not(byThing))}},
	{"euphemism-should-be-careful", "judgement", catalogue.Mark("Remedy aimed at attention, not at the system."), catalogue.Mark("Turn into a change in tool, default, check or document, with an owner and a date."), []pattern{
		p(`\b(?:be|been|being|is|are|more|extra|act|work) (?:more |extra |very |super |doubly |a (?:bit|little) more |much more |better )?(?:careful|vigilant|diligent|attentive|cautious|mindful|disciplined|thorough|conscientious|alert|aware)(?:ly)?\b`).where(all(admonishes, not(next("that of rollout rollouts")))),
		p(`\b(?:pay|paying|paid) (?:more|closer|better|greater|extra|proper|careful) attention\b|\b(?:take|taking|exercise|exercising) (?:more|better|greater|extra|due|proper) (?:care|caution|diligence)\b|\btry(?:ing)? harder\b|\bdo better\b|\bstep up\b|\bmore carefully\b`),
		p(`\b(?:remind(?:ed|ing)?|tell|told|telling|instruct(?:ed|ing)?|urge[sd]?|warn(?:ed|ing)?|teach|ask(?:ed)?|train(?:ed)?|coach(?:ed)?) (?:everyone|everybody|people|all|staff|engineers|developers|operators|responders|the (?:team|engineers?|developers?|operators?|on-?calls?|staff|dbas?|sres?|person|intern)|[\w-]+ engineers|him|her|them|folks|colleagues|ourselves) (?:again )?(?:to|about|of|that|on how)\b`).where(not(opsRequest)),
		p(`\bretrain(?:ed|ing|s)?\b`).where(not(either(within(4, "model models classifier network networks detector embeddings weights"), among(4, "model models classifier network detector")))),
		p(`\b(?:additional|more|further|better|refresher|mandatory|extra) training (?:for|of)\b`).of(ofPerson),
		p(`\b(?:must|should|need to|needs to|have to|has to) (?:always |all )?(?:remember|double-?check|think (?:twice|before)|know (?:that|to|better)|focus|concentrate|watch out)\b`).where(notByThing)}},
}

var recovered = words("recovered returned resolved subsided cleared stabilised stabilized normalised normalized received regained")

var late = within(8, "earlier sooner before last already instead when immediately")

// lapse tells a lapse from an expectation: "customers should have recovered by now" is none, nor is "should have access".
func lapse(s spot) bool {
	verb := s.after(1)
	for n := 2; adverb(verb) && n < 4; n++ {
		if verb == "now" || verb == "already" {
			return false
		}
		verb = s.after(n)
	}
	if verb == "access" || verb == "no" || verb == "a" || verb == "an" || verb == "the" || verb == "full" || verb == "restored" && s.subject() == public {
		return false
	}
	if recovered[verb] || verb == "been" && (recovered[s.after(2)] || oneOf(s.after(2), "restored mitigated resolved")) {
		return late(s)
	}
	if w := s.subject(); w == public && s.before(1) != "you" {
		return false
	}
	return !oneOf(s.before(1), "that which") // "actions that should have run can be run again"
}

func byThing(s spot) bool  { return s.subject() == thing }
func byPublic(s spot) bool { return s.subject() == public }

// notThingVerb holds unless a system does it: "the kernel panicked".
func notThingVerb(s spot) bool {
	return s.subject() != thing || !strings.HasSuffix(strings.ToLower(s.plain[s.start:s.end]), "ed")
}

// byOther holds where somebody other than the writer does it. Writers may say what they did not do.
func byOther(s spot) bool {
	n := s.i - 1
	for n >= s.a && n > s.i-8 && (adverb(s.words[n].low) || auxiliaries[s.words[n].low]) {
		n--
	}
	if n >= s.a && oneOf(s.words[n].low, "we i who") {
		return false
	}
	return s.subject() == person
}

// owned holds where what is owned by somebody is meant: "the team's mistake", not "the disk's fault".
func owned(s spot) bool {
	if denied(s) {
		return false
	}
	w := s.words[s.i]
	base := strings.TrimSuffix(w.low, "'s")
	if base == w.low {
		return true // a pronoun
	}
	if base == "nobody" || base == "anyone" || base == "one" || base == "anybody" {
		return false
	}
	t := *s.text
	t.words = append([]word(nil), s.words[s.a:s.i+1]...)
	last := &t.words[len(t.words)-1]
	last.low, last.raw = base, last.raw[:len(base)]
	k := spot{text: &t, a: 0, b: len(t.words)}.kind(len(t.words) - 1)
	return k == person || k == stranger || lists["given"][base] && !lists["system"][base]
}

// generalised holds for what the rule absolute finds.
func generalised(s spot) bool {
	return oneOf(s.words[s.j-1].low, "bothered thought cared")
}

// inverted holds for "Had we known …, …" and not for "who had known" or a question.
func inverted(s spot) bool {
	if s.asks() || s.i > s.a && !strings.ContainsAny(s.words[s.i].gap, ",;:–—(") && !oneOf(s.before(1), "and but or") {
		return false
	}
	return true
}

var imagined = words("would could might wouldn't couldn't we'd they'd would've could've")

// conditional holds for "if the alert had fired" beside a "would".
func conditional(s spot) bool {
	for k := max(s.a, s.i-40); k < min(s.b, s.j+40); k++ {
		if imagined[s.words[k].low] {
			return true
		}
	}
	return false
}

// ours holds unless users are told what they need to do.
func ours(s spot) bool {
	w := s.subject()
	verb := strings.ToLower(s.plain[s.start:s.end])
	past := strings.Contains(verb, "needed") || strings.Contains(verb, "had")
	return w != thing && (w != public || past) && (past || w == person)
}

// seen holds where somebody sees amiss: by themselves, or in a passive that does not say who.
func seen(s spot) bool {
	w := s.subject()
	if oneOf(s.before(1), "was were been got being is are") || oneOf(s.before(2), "was were been got being is are") && adverb(s.before(1)) {
		return !byWhat(s)
	}
	return w != thing && w != public
}

// byWhat holds where a system is named as who does it: "ignored by the firewall".
func byWhat(s spot) bool {
	return s.after(1) == "by" && s.agent(s.j+1) != person && s.agent(s.j+1) != stranger
}

// warned holds where the subject is something that people are meant to see.
func warned(s spot) bool {
	return signs(s)
}

var signs = among(8, "alert alerts alarm alarms warning warnings page pages sign signs signal signals message messages notification notifications email ticket tickets email report reports log symptom symptoms graph step steps procedure checklist runbook comment advice objection review indicator flag graph error concern concerns")

// accuses holds where somebody is asked why: "why did you", not "why did the failover take so long".
func accuses(s spot) bool {
	switch s.after(1) {
	case "you", "he", "she", "they", "we", "nobody", "someone", "i", "anyone":
		return true
	case "no":
		return s.after(2) == "one"
	}
	k := s.j
	for k < s.b && k < s.j+5 {
		if w := s.kind(k); w == person && !(k+1 < s.b && noun(s.words[k+1].low) && s.kind(k+1) == thing && !willAct(s.words[k+1].low)) {
			return true
		} else if w == stranger && k == s.j {
			return k+1 < s.b && willAct(s.words[k+1].low)
		}
		if !determiners[s.words[k].low] && k+1 < s.b && !noun(s.words[k+1].low) {
			break
		}
		if !determiners[s.words[k].low] && k+1 < s.b && s.kind(k+1) == thing {
			break
		}
		k++
	}
	return false
}

// willAct holds for verbs that only people do.
func willAct(w string) bool {
	return deeds[w]
}

var deeds = words("check push deploy approve ignore think decide skip type delete merge forget notice verify test read escalate ask tell look choose believe assume wait sign review click commit not even never")

// whodunit holds for a question about a person, asked or told.
func whodunit(s spot) bool {
	if s.i == s.a {
		return s.words[s.j-1].low != "owns" || s.asks()
	}
	return oneOf(s.before(1), "know see determine learn establish clear remember ask asked tell told and")
}

func harms(s spot) bool {
	return oneOf(s.words[s.j-1].low, "broke caused deleted dropped introduced misconfigured forgot botched messed screwed missed ignored removed")
}

// byWorker holds where the word before "who" is somebody who works on it.
func byWorker(s spot) bool { return s.i > s.a && s.kind(s.i-1) == person }

// blamesPerson holds where the cause is somebody, or a quality of people.
func blamesPerson(s spot) bool {
	if s.agent(s.j) == person {
		return true
	}
	rest := s.rest()
	for n, w := range rest[:min(len(rest), 5)] {
		if oneOf(w, "inattention carelessness negligence complacency inexperience incompetence laziness") {
			return true
		}
		if n > 2 {
			break
		}
	}
	return false
}

// byAgent holds where "by" is followed by somebody, or by a name that is no known system's.
func byAgent(s spot) bool {
	switch s.agent(s.j) {
	case person:
		return !oneOf(s.after(1), "users customers")
	case stranger:
		return true
	}
	return false
}

// admonishes holds where people are told to be careful; a system may be aware and a change careful.
func admonishes(s spot) bool {
	w := s.subject()
	if w == thing || w == public {
		return false
	}
	text := strings.ToLower(s.plain[s.start:s.end])
	return strings.Contains(text, "more ") || strings.Contains(text, "extra ") || oneOf(s.before(1), "must should need needs to please have has always") || strings.HasPrefix(text, "be ") && (w == person || s.i == s.a)
}

// opsRequest holds where somebody is asked for something in the course of work: "asked the on-call to restart db1".
func opsRequest(s spot) bool {
	verb := strings.ToLower(strings.Fields(s.plain[s.start:s.end])[0])
	if strings.HasPrefix(verb, "remind") || strings.HasPrefix(verb, "teach") || strings.HasPrefix(verb, "coach") || strings.HasPrefix(verb, "urge") || strings.HasPrefix(verb, "train") {
		return false
	}
	return !within(5, "careful attention carefully attentive diligent check double-check remember read follow procedure vigilant")(s) || byPerson(s)
}
