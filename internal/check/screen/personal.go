package screen

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
)

// personal finds what says who somebody is, or how to reach or charge them.
type personal struct {
	emails, phones, cards, ibans Action
}

func newPersonal(c Config) scanner {
	p := personal{c.Emails, c.Phones, c.Cards, c.IBANs}
	if !p.emails.on() && !p.phones.on() && !p.cards.on() && !p.ibans.on() {
		return nil
	}
	return p
}

var (
	emailPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?i)[a-z0-9][a-z0-9._%+'-]{0,63}@(?:[a-z0-9][a-z0-9-]{0,62}\.)+[a-z]{2,24}\b`)
	})
	ibanPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b[A-Z]{2}[0-9]{2}(?:[ \x{a0}]?[A-Z0-9]){11,30}\b`)
	})
	cardPattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`\b[2-6][0-9]{3}(?:[ -]?[0-9]){9,15}\b`)
	})
	// phonePattern takes international numbers, and national ones that are written
	// as such: with a zero or a bracket, and with separators.
	phonePattern = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`(?:\+|\b00)[1-9][0-9]{0,2}[ ./-]?(?:\(?[0-9]{1,5}\)?[ ./-]?){2,6}[0-9]{2,4}\b|\(0?[1-9][0-9]{1,4}\)[ ./-]?[0-9]{3,4}[ ./-]?[0-9]{3,5}\b|\b0[1-9][0-9]{1,4}[ /-][0-9]{3,4}(?:[ -]?[0-9]{2,4}){1,3}\b|\b[2-9][0-9]{2}-[0-9]{3}-[0-9]{4}\b`)
	})
)

func (p personal) scan(t *text, found func(match)) {
	each := func(rule string, action Action, re func() *regexp.Regexp, is func(string) bool) {
		if !action.on() {
			return
		}
		for _, at := range re().FindAllStringIndex(t.plain, -1) {
			if is(t.plain[at[0]:at[1]]) {
				found(match{rule: rule, kind: Personal, action: action, start: at[0], end: at[1]})
			}
		}
	}
	if strings.IndexByte(t.plain, '@') >= 0 {
		each("email", p.emails, emailPattern, isEmail)
	}
	if strings.ContainsAny(t.plain, "0123456789") {
		// A number that is one of these is no phone number.
		each("iban", p.ibans, ibanPattern, isIBAN)
		each("card", p.cards, cardPattern, isCard)
		each("phone", p.phones, phonePattern, isPhone)
	}
}

// isEmail leaves out the addresses that RFC 2606 keeps for examples.
func isEmail(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	for _, reserved := range []string{"example.com", "example.net", "example.org", "example.edu"} {
		if domain == reserved || strings.HasSuffix(domain, "."+reserved) {
			return false
		}
	}
	return !strings.HasSuffix(domain, ".example") && !strings.HasSuffix(domain, ".test") && !strings.HasSuffix(domain, ".invalid")
}

func isPhone(number string) bool {
	n := len(secretform.DigitsOf(number))
	return n >= 7 && n <= 15
}

// isCard checks a number by Luhn's formula (ISO/IEC 7812-1).
func isCard(number string) bool {
	digits := secretform.DigitsOf(number)
	if len(digits) < 13 || len(digits) > 19 {
		return false
	}
	sum, double := 0, false
	for i := len(digits) - 1; i >= 0; i-- {
		d := int(digits[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}

// isIBAN checks an account number by its check digits (ISO 13616-1: modulo 97).
func isIBAN(number string) bool {
	compact := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\u00a0' {
			return -1
		}
		return r
	}, number)
	if len(compact) < 15 || len(compact) > 34 {
		return false
	}
	rest := 0
	for _, r := range compact[4:] + compact[:4] {
		if r >= utf8.RuneSelf {
			return false
		}
		if r >= 'A' {
			rest = (rest*100 + int(r-'A') + 10) % 97
		} else {
			rest = (rest*10 + int(r-'0')) % 97
		}
	}
	return rest == 1
}
