package lint

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// What is written out for speed is compared here with what it means.

func FuzzSignatureIsTheVoteOfShingles(f *testing.F) {
	f.Add("")
	f.Add("one two three")
	f.Add("Version 1.5, of 12 pages: a b c.")
	f.Add(strings.Repeat("many words and numbers 1 22 333 in a row ", 70))
	f.Fuzz(func(t *testing.T, text string) {
		var got simhash
		var votes [64]int
		words := strings.Fields(text)
		for i, word := range words {
			got.add([]byte(word))
			if i < 2 {
				continue
			}
			shingle := mix(hashWord([]byte(words[i-2])), hashWord([]byte(words[i-1])), hashWord([]byte(word)))
			for bit := range votes {
				if shingle>>bit&1 == 1 {
					votes[bit]++
				} else {
					votes[bit]--
				}
			}
		}
		signature := got.sum()
		for bit, vote := range votes {
			if signature>>bit&1 == 1 != (vote > 0) {
				t.Fatalf("bit %d of %x has %d votes", bit, signature, vote)
			}
		}
	})
}

func FuzzNumberedSentences(f *testing.F) {
	ends, number := regexp.MustCompile(`[.!?:](?:\s|$)|\n`), regexp.MustCompile(`[0-9]+(?:[.,:/][0-9]+)*`)
	for _, text := range []string{"", "In 30 days. Or 14: no!\nAt 10:30,5 or 1/2.", "1.\n.. 2.", "v1.2.,3 4:/5\t6", "7"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var got, want []string
		for sentence := range numberedSentences(text) {
			got = append(got, strings.TrimSpace(sentence))
		}
		for _, sentence := range ends.Split(text, -1) {
			if strings.ContainsAny(sentence, "0123456789") {
				want = append(want, strings.TrimSpace(sentence))
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has the sentences %q, want %q", text, got, want)
		}
		if got, want := maskNumbers(text), number.ReplaceAllString(text, "#"); got != want {
			t.Errorf("%q was masked as %q, want %q", text, got, want)
		}
	})
}

// No text is passed over that an expression finds something in.
func FuzzWhatSparesExpressionsMissesNothing(f *testing.F) {
	for _, text := range []string{
		"Last Updated: March 3rd, 2021", "ſtand 12.05.2019", "Geändert am 1. Dezember 2020", "ZULETZT ÄNDERUNG – am 2020-01-02", "Dernière MISE À JOUR le 4 août 2020", "Última actualización: 2020/1/2",
		"modified on – the 30th. Septiembre., 2020", "Updated: Understand 2020-01-02", "Understandard 1998",
		"Please CONTACT us", "reach out to our support", "get in touch with the team", "write to the help desk", "eMail support", "call us", "aſK your team", "submit a ticket", "Open a support ticket",
		"ſtill have questions", "need more help", "kontaktieren Sie uns", "Wenden Sie sich bitte an den Support", "noch fragen", "contactez-nous", "Besoin d'aide", "contacta con nuestro equipo", "PÓNGASE en contacto con el soporte", "ponte en contacto", "necesitas más ayuda",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if contact().MatchString(text) && !sendsToSupport(text) {
			t.Errorf("%q is not taken to send to the support", text)
		}
		text = strings.Join(strings.Fields(text), " ")
		var want time.Time
		for _, found := range dated().FindAllStringSubmatch(text, -1) {
			if t, ok := parseDate(found[1]); ok && t.After(want) {
				want = t
			}
		}
		if got := lastChange(text); got != want {
			t.Errorf("%q was changed on %s, want %s", text, got, want)
		}
	})
}
