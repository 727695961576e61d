package decode

import (
	"strings"

	"github.com/saintfish/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// How sure the detector is, of 100.
const (
	isSure   = 50
	hasAHint = 25
)

// detected returns the encoding that a document without a label is in, by the frequencies
// of its bytes, or by the language that it says to be in where they tell little. It is
// never nil.
func detected(body []byte, language string) encoding.Encoding {
	best, err := chardet.NewHtmlDetector().DetectBest(body)
	if err != nil {
		best = &chardet.Result{}
	}
	byLanguage := usualIn(language)
	label := "windows-1252"
	switch {
	case best.Confidence >= isSure:
		label = labelOf(best)
	case byLanguage != "":
		label = byLanguage
	case best.Confidence >= hasAHint:
		label = labelOf(best)
	}
	enc, name := charset.Lookup(label)
	if enc == nil || name == "replacement" || strings.HasPrefix(name, "utf-") {
		enc, _ = charset.Lookup("windows-1252")
	}
	return enc
}

// labelOf returns the label that browsers know what was detected by. The detector has one
// name for the two families of Latin letters; the language tells which of them it is.
func labelOf(best *chardet.Result) string {
	switch best.Charset {
	case "GB-18030":
		return "gb18030"
	case "ISO-8859-1", "windows-1252":
		switch best.Language {
		case "cs", "hu", "pl", "ro":
			if best.Charset == "windows-1252" {
				return "windows-1250"
			}
			return "iso-8859-2"
		}
	}
	return best.Charset
}

// usualIn returns the label of the encoding that the HTML standard takes where readers
// of a language meet a document without one; "" for windows-1252.
func usualIn(language string) string {
	language = strings.ToLower(strings.TrimSpace(language))
	if strings.HasPrefix(language, "zh") {
		if strings.Contains(language, "tw") || strings.Contains(language, "hk") || strings.Contains(language, "hant") {
			return "big5"
		}
		return "gb18030"
	}
	language, _, _ = strings.Cut(language, "-")
	switch language {
	case "ar", "fa":
		return "windows-1256"
	case "ba", "be", "bg", "kk", "ky", "mk", "ru", "sah", "sr", "tg", "tt", "uk":
		return "windows-1251"
	case "cs", "hr", "sk":
		return "windows-1250"
	case "hu", "pl", "sl":
		return "iso-8859-2"
	case "az", "ku", "tr":
		return "windows-1254"
	case "el":
		return "iso-8859-7"
	case "he":
		return "windows-1255"
	case "ja":
		return "shift_jis"
	case "ko":
		return "euc-kr"
	case "lt", "lv", "et":
		return "windows-1257"
	case "th":
		return "windows-874"
	case "vi":
		return "windows-1258"
	}
	return ""
}
