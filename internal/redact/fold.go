package redact

import (
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind says what a rune is to the tokeniser.
type kind uint8

const (
	kGap    kind = iota // stands between words
	kDrop               // invisible or a mark: not there at all
	kLetter             // part of a word
	kDigit
	kWhole // a script without spaces between words: each rune is a token
)

// folded is what a rune becomes in the view. text is empty for kGap and kDrop.
type folded struct {
	text  string
	kind  kind
	upper bool
}

// The fold of the view (R13): NFKD without marks, lower case, look-alikes of
// other scripts as Latin letters. It is applied to text and roster alike, so it
// need not be right about a script, only the same on both sides.
var foldPages [0x110000 >> 8]atomic.Pointer[[256]folded]

func foldRune(r rune) folded {
	if r < 0 || r > unicode.MaxRune {
		return folded{}
	}
	p := foldPages[r>>8].Load()
	if p == nil {
		p = new([256]folded)
		for i := range p {
			p[i] = makeFold(r&^0xff | rune(i))
		}
		foldPages[r>>8].Store(p)
	}
	return p[r&0xff]
}

func makeFold(r rune) folded {
	switch {
	case apostrophes[r]:
		return folded{}
	case invisible(r):
		return folded{kind: kDrop}
	}
	f := folded{upper: unicode.IsUpper(r) || unicode.IsTitle(r)}
	if r >= 0xAC00 && r <= 0xD7A3 {
		return folded{text: string(r), kind: kWhole}
	}
	var b strings.Builder
	for _, c := range norm.NFKD.String(string(r)) {
		if invisible(c) {
			continue
		}
		if unicode.IsUpper(c) {
			f.upper = true
			c = unicode.ToLower(c)
		}
		if t, ok := lookalikes[c]; ok {
			b.WriteString(t)
			f.kind = max(f.kind, kLetter)
			continue
		}
		switch {
		case unicode.In(c, wholeScripts...) || c == 'ー' || c == '々':
			if c >= 0x30A1 && c <= 0x30F6 {
				c -= 0x60 // katakana as hiragana
			}
			if s, ok := simplified[c]; ok {
				c = s
			}
			b.WriteRune(c)
			f.kind = kWhole
		case unicode.IsLetter(c) || unicode.Is(unicode.Mc, c):
			b.WriteRune(c)
			f.kind = max(f.kind, kLetter)
		case unicode.IsDigit(c):
			b.WriteByte(digit(c))
			f.kind = max(f.kind, kDigit)
		}
	}
	f.text = b.String()
	if f.text == "" {
		return folded{}
	}
	return f
}

// digit is the ASCII digit of the same value; digits stand in runs of ten.
func digit(r rune) byte {
	for v := byte(0); v < 9; v++ {
		if !unicode.IsDigit(r - rune(v) - 1) {
			return '0' + v
		}
	}
	return '9'
}

// invisible reports whether r shows nothing of its own, or is a mark upon another rune.
func invisible(r rune) bool {
	switch r {
	case 0x3164, 0xFFA0, 0x115F, 0x1160, 0x2800, 0x0640, 0x180E: // fillers, braille blank, tatweel
		return true
	}
	if r < 0x20 && r != '\t' && r != '\n' && r != '\r' || r >= 0x7f && r < 0xa0 && r != 0x85 {
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Mn, unicode.Me)
}

var wholeScripts = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao,
	unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// apostrophes are gaps, although Unicode calls some of them letters.
var apostrophes = runeSet("'’‘ʼʻʹʾʿˈ`´′＇ꞌ՚")

func runeSet(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		m[r] = true
	}
	return m
}

// lookalikes maps a lower-case rune to Latin: letters that NFKD leaves alone, and
// the UTS-39 confusables that matter (Cyrillic, Greek, Armenian, Cherokee, Lisu,
// phonetic letters, regional indicators).
var lookalikes = func() map[rune]string {
	m := map[rune]string{}
	for _, p := range strings.Fields(`ß:ss æ:ae œ:oe ø:o ł:l đ:d ð:d þ:th ħ:h ŋ:n ı:i ə:e ĸ:k ƒ:f ȷ:j ɓ:b ɗ:d ƙ:k ŧ:t
		ɑ:a ɡ:g ɩ:i ʟ:l ʀ:r ɴ:n ɪ:i ʏ:y ʙ:b ʜ:h ᴀ:a ᴄ:c ᴅ:d ᴇ:e ᴊ:j ᴋ:k ᴍ:m ᴏ:o ᴘ:p ᴛ:t ᴜ:u ᴠ:v ᴡ:w ᴢ:z ꜱ:s ɢ:g
		а:a в:b с:c е:e һ:h н:h і:i ј:j к:k м:m о:o р:p ѕ:s т:t у:y ү:y х:x ԁ:d ԛ:q ԝ:w ѵ:v ӏ:l
		α:a β:b ε:e ζ:z η:h ι:i κ:k μ:m ν:n ο:o ρ:p ϲ:c τ:t υ:y χ:x ς:σ
		օ:o ս:u հ:h ց:g ո:n
		ꭺ:a ᏼ:b ꮯ:c ꭰ:d ꭼ:e ꮐ:g ꮋ:h ꭵ:i ꭻ:j ꮶ:k ꮮ:l ꮇ:m ꮲ:p ꭱ:r ꮪ:s ꭲ:t ꮩ:v ꮃ:w ꮓ:z ꭹ:y
		Ꭺ:a Ᏼ:b Ꮯ:c Ꭰ:d Ꭼ:e Ꮐ:g Ꮋ:h Ꭵ:i Ꭻ:j Ꮶ:k Ꮮ:l Ꮇ:m Ꮲ:p Ꭱ:r Ꮪ:s Ꭲ:t Ꮩ:v Ꮃ:w Ꮓ:z Ꭹ:y
		ꓮ:a ꓐ:b ꓚ:c ꓓ:d ꓰ:e ꓝ:f ꓖ:g ꓧ:h ꓲ:i ꓙ:j ꓗ:k ꓡ:l ꓟ:m ꓠ:n ꓳ:o ꓑ:p ꓣ:r ꓢ:s ꓔ:t ꓴ:u ꓦ:v ꓪ:w ꓫ:x ꓬ:y ꓜ:z`) {
		from, to, _ := strings.Cut(p, ":")
		r, _ := utf8.DecodeRuneInString(from)
		m[r] = to
	}
	for i := range rune(26) {
		for _, base := range []rune{0x1F1E6, 0x1F150, 0x1F170} {
			m[base+i] = string('a' + i)
		}
	}
	return m
}()

// simplified brings the forms of common name characters together.
var simplified = func() map[rune]rune {
	m := map[rune]rune{}
	for _, p := range strings.Fields(`偉伟 張张 陳陈 劉刘 黃黄 趙赵 吳吴 孫孙 楊杨 羅罗 鄭郑 謝谢 許许 鄧邓 馮冯 韓韩 馬马 葉叶 蘇苏 盧卢 蔣蒋 賈贾 鄒邹 陸陆 錢钱 龍龙 竜龙
		萬万 湯汤 嚴严 華华 強强 軍军 傑杰 麗丽 豔艳 靜静 輝辉 飛飞 鵬鹏 紅红 蘭兰 鳳凤 國国 東东 慶庆 學学 莊庄 澤泽 沢泽 齊齐 齋齐 斎齐 斉齐 邊边 邉边 辺边 髙高 﨑崎 濱滨 浜滨
		廣广 広广 惠恵 櫻樱 桜樱 榮荣 栄荣 歐欧 閻阎 鍾钟 顧顾 龔龚 賴赖 譚谭 鄔邬 範范 賀贺 關关 関关 瓊琼 瑩莹 穎颖 曉晓 暁晓 凱凯 寶宝 宝宝 愛爱 樂乐 楽乐 勝胜 義义 聖圣 貴贵 遠远 陽阳 雲云 嶋島 嶌島 眞真 瀬濑 瀨濑 圓円 實实 実实 藝艺 芸艺 參参 岡冈 橋桥 純纯 進进 誠诚 賢贤 鈴铃 銀银 順顺 魯鲁 鶴鹤 豐丰 豊丰 會会 來来 夢梦 導导 壽寿 礼禮 將将 應应 怡怡 惲恽 業业 琺珐 競竞 維维 綺绮 緒绪 聰聪 聡聪 興兴 藤藤 衛卫 裏里 詠咏 詩诗 諾诺 鎮镇 長长 霊灵 靈灵 響响 頌颂`) {
		rs := []rune(p)
		if rs[0] != rs[1] {
			m[rs[0]] = rs[1]
		}
	}
	return m
}()
