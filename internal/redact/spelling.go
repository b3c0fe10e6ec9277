package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxVariants bounds the spellings of one word.
const maxVariants = 48

// variants is every folded form of a part of a name: its spellings, and those
// inflected where the language does so.
func variants(word string) []string {
	out := spellings(word)
	low := strings.ToLower(word)
	switch script(low) {
	case unicode.Cyrillic:
		for _, k := range cyrillicCases(low) {
			out = append(out, joinFold(k))
		}
	case unicode.Arabic, unicode.Hebrew:
		base := out[0]
		for _, p := range joinedArticles {
			out = append(out, joinFold(p)+base)
		}
	case unicode.Latin:
		if strings.ContainsFunc(low, func(r rune) bool { return strings.ContainsRune("łśźżćńąęřěščžýůňťďđ", r) }) {
			out = append(out, slavicCases(out[0])...)
		}
		if k := out[0]; len(k) >= 4 && isASCII(k) && !strings.HasSuffix(k, "s") && lex().of([]byte(k+"s")) == 0 {
			out = append(out, k+"s") // a genitive without an apostrophe, a plural
		}
	}
	return unique(out, maxVariants)
}

// unique drops empty and repeated strings and keeps at most n; the first stays first.
func unique(in []string, n int) []string {
	var out []string
	for _, s := range in {
		if s != "" && !slices.Contains(out, s) && len(out) < n {
			out = append(out, s)
		}
	}
	return out
}

// spellings is a part of a name without marks, with umlauts written out, and in
// Latin letters; the plain fold comes first.
func spellings(word string) []string {
	out := []string{joinFold(word)}
	low := strings.ToLower(word)
	for _, s := range spelledOut {
		if t := s.Replace(low); t != low {
			out = append(out, joinFold(t))
		}
	}
	if k := out[0]; len(k) >= 5 && isASCII(k) {
		if t := contracted.Replace(k); t != k {
			out = append(out, t)
		}
	}
	switch script(low) {
	case unicode.Cyrillic:
		out = append(out, romanCyrillic(low)...)
	case unicode.Greek:
		out = append(out, romanGreek(low)...)
	}
	return unique(out, maxVariants)
}

var spelledOut = []*strings.Replacer{
	strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "å", "aa", "ø", "oe", "ð", "dh", "œ", "oe", "đ", "dj"),
	strings.NewReplacer("ö", "oe", "ø", "oe", "ü", "u", "ä", "a", "å", "a", "ð", "th", "æ", "a", "þ", "t"),
	strings.NewReplacer("ä", "ae", "å", "a", "ø", "o", "ö", "o", "ñ", "ny", "č", "ch", "š", "sh", "ž", "zh", "ć", "c", "ş", "sh", "ç", "ch"),
}

var contracted = strings.NewReplacer("ue", "u", "oe", "o", "ae", "a", "aa", "a")

var joinedArticles = strings.Fields("و ف ب ل ك ال لل وال بال ו ב ל ה מ ש כ")

func isASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// script is the script of the first letter of s.
func script(s string) *unicode.RangeTable {
	for _, r := range s {
		if unicode.IsLetter(r) {
			for _, t := range []*unicode.RangeTable{unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Arabic, unicode.Hebrew} {
				if unicode.Is(t, r) {
					return t
				}
			}
			return nil
		}
	}
	return nil
}

// cyrillicCases inflects a Russian, Ukrainian or Bulgarian name.
func cyrillicCases(w string) []string {
	rs := []rune(w)
	if len(rs) < 3 {
		return nil
	}
	last, stem := rs[len(rs)-1], string(rs[:len(rs)-1])
	var ends string
	switch {
	case strings.HasSuffix(w, "ий") || strings.HasSuffix(w, "ый") || strings.HasSuffix(w, "ой"):
		stem, ends = string(rs[:len(rs)-2]), "ого его ому ему им ым ом ем ая ой ую ия ию ии ие"
	case strings.HasSuffix(w, "ая"):
		stem, ends = string(rs[:len(rs)-2]), "ой ую ою ий ый"
	case last == 'й':
		ends = "я ю ем ём е и"
	case last == 'ь':
		ends = "я ю ем ём е и ью"
	case last == 'а':
		ends = "ы и е у ой ою ей"
	case last == 'я':
		ends = "и ю е ей ёй ею"
	case strings.ContainsRune("оеиуюэы", last):
		return nil
	default:
		stem, ends = w, "а у ом ем е ым ы ой ою ами ов"
		if rs[len(rs)-2] == 'е' || rs[len(rs)-2] == 'ё' { // Павел, Павла
			short := string(rs[:len(rs)-2]) + string(last)
			return append(withEnds(stem, ends), withEnds(short, "а у ом е")...)
		}
	}
	return withEnds(stem, ends)
}

// slavicCases inflects a folded Polish, Czech, Slovak or Croatian name.
func slavicCases(w string) []string {
	switch {
	case len(w) < 4:
		return nil
	case strings.HasSuffix(w, "ski") || strings.HasSuffix(w, "cki") || strings.HasSuffix(w, "dzki"):
		return withEnds(w[:len(w)-1], "iego iemu im a iej")
	case strings.HasSuffix(w, "y"):
		return withEnds(w[:len(w)-1], "ego eho emu ym em a e")
	case strings.HasSuffix(w, "a"):
		return withEnds(w[:len(w)-1], "y i ie e u o ovi ou om owi")
	}
	out := withEnds(w, "a owi ovi em ie om e u ova ove ovou iem")
	if strings.HasSuffix(w, "ek") || strings.HasSuffix(w, "el") {
		out = append(out, withEnds(w[:len(w)-2]+w[len(w)-1:], "a owi ovi iem em")...)
	}
	return out
}

func withEnds(stem, ends string) []string {
	var out []string
	for _, e := range strings.Fields(ends) {
		out = append(out, stem+e)
	}
	return out
}

// romanCyrillic is a name in Latin letters, by the usual schemes.
func romanCyrillic(w string) []string {
	return transliterate(w, map[rune]string{
		'а': "a", 'б': "b", 'в': "v", 'г': "g", 'ґ': "g", 'д': "d", 'е': "e|ye", 'ё': "e|yo", 'є': "ye|ie", 'ж': "zh", 'з': "z", 'и': "i|y",
		'і': "i", 'ї': "yi|i", 'й': "y|i|j", 'к': "k", 'л': "l", 'м': "m", 'н': "n", 'о': "o", 'п': "p", 'р': "r", 'с': "s", 'т': "t",
		'у': "u", 'ф': "f", 'х': "kh|h", 'ц': "ts|c", 'ч': "ch", 'ш': "sh", 'щ': "shch|sch", 'ъ': "", 'ы': "y", 'ь': "", 'э': "e",
		'ю': "yu|iu", 'я': "ya|ia", 'ђ': "dj", 'ј': "j", 'љ': "lj", 'њ': "nj", 'ћ': "c", 'џ': "dz",
	})
}

// romanGreek is a name in Latin letters.
func romanGreek(w string) []string {
	w = strings.NewReplacer("ου", "ου", "ού", "ου", "αυ", "αφ", "ευ", "εφ", "μπ", "β", "ντ", "ντ").Replace(w)
	return transliterate(w, map[rune]string{
		'α': "a", 'ά': "a", 'β': "v|b", 'γ': "g", 'δ': "d", 'ε': "e", 'έ': "e", 'ζ': "z", 'η': "i|e", 'ή': "i|e", 'θ': "th", 'ι': "i", 'ί': "i",
		'κ': "k", 'λ': "l", 'μ': "m", 'ν': "n", 'ξ': "x", 'ο': "o", 'ό': "o", 'π': "p", 'ρ': "r", 'σ': "s", 'ς': "s", 'τ': "t",
		'υ': "y|i|u", 'ύ': "y|i|u", 'φ': "f|ph", 'χ': "ch|h", 'ψ': "ps", 'ω': "o", 'ώ': "o",
	})
}

// transliterate spells w by a table whose entries may hold alternatives.
func transliterate(w string, table map[rune]string) []string {
	out := []string{""}
	for _, r := range w {
		alts, ok := table[r]
		if !ok {
			continue
		}
		var next []string
		for _, a := range strings.Split(alts, "|") {
			for _, o := range out {
				next = append(next, o+a)
			}
		}
		out = next[:min(len(next), 16)]
	}
	if len(out[0]) < 3 {
		return nil
	}
	for _, o := range out {
		if strings.HasSuffix(o, "iy") || strings.HasSuffix(o, "yy") || strings.HasSuffix(o, "ij") { // Dmitry, Dmitriy, Dmitri
			out = append(out, o[:len(o)-2]+"y", o[:len(o)-2]+"i")
		}
	}
	return out
}

// romanHangul is a Korean given name in Latin letters, revised and as people write it.
func romanHangul(rs []rune) []string {
	lead := strings.Fields("g kk n d tt r m b pp s ss - j jj ch k t p h")
	vowel := strings.Fields("a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i")
	tail := strings.Fields("- k k k n n n t l k m l l l p l m p p t t ng t t k t p t")
	var b strings.Builder
	for _, r := range rs {
		if r < 0xAC00 || r > 0xD7A3 {
			return nil
		}
		n := int(r - 0xAC00)
		b.WriteString(strings.Trim(lead[n/588]+vowel[n%588/28]+tail[n%28], "-"))
	}
	s := strings.ReplaceAll(b.String(), "-", "")
	return slices.Compact([]string{s, strings.NewReplacer("eo", "u", "u", "oo").Replace(s), strings.ReplaceAll(s, "yeo", "you"), strings.ReplaceAll(s, "eo", "o")})
}

// koreanSurnames gives the usual spellings; the rule finds the rest.
var koreanSurnames = map[string]string{
	"김": "kim", "이": "lee yi rhee", "박": "park pak", "최": "choi", "정": "jung chung jeong", "강": "kang", "조": "cho jo", "윤": "yoon yun", "장": "jang chang",
	"임": "lim im", "한": "han", "오": "oh", "서": "seo suh", "신": "shin", "권": "kwon", "황": "hwang", "안": "ahn an", "송": "song", "류": "ryu yoo", "유": "yoo yu",
	"전": "jeon chun", "홍": "hong", "고": "ko koh", "문": "moon", "양": "yang", "손": "son sohn", "배": "bae", "백": "baek paik", "허": "heo hur", "남": "nam",
	"심": "shim sim", "노": "noh roh", "하": "ha", "곽": "kwak", "성": "sung", "차": "cha", "주": "joo ju", "우": "woo", "구": "koo gu", "민": "min", "나": "na", "진": "jin", "지": "ji",
}

func romanSurname(rs []rune) []string {
	out := strings.Fields(koreanSurnames[string(rs)])
	return append(out, romanHangul(rs)...)
}

var compoundSurnames = wordSet("남궁 황보 제갈 선우 독고 사공 서문 동방")

// singleSurnames are common Chinese family names of one character, as folded: a
// name of three that begins so is cut after it.
var singleSurnames = runeSet("王李张刘陈杨黄赵吴周徐孙马朱胡郭何高罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤")
