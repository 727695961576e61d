package decode

import (
	"strings"
	"testing"
)

func TestTextThatWasReadInAWrongEncodingIsTold(t *testing.T) {
	for _, tt := range []struct {
		name, text string
		garbled    bool
	}{
		{"Cyrillic read as western", "Êëþ÷ îò êëàäîâîé ëåæèò ó äåæóðíîãî íà ïåðâîì ýòàæå.", true},
		{"UTF-8 read as western", "ÐšÐ»ÑŽÑ‡ Ð»ÐµÐ¶Ð¸Ñ‚ Ñƒ Ð´ÐµÐ¶ÑƒÑ€Ð½Ð¾Ð³Ð¾ Ð½Ð° Ð¿ÐµÑ€Ð²Ð¾Ð¼", true},
		{"replaced", "The key " + strings.Repeat("\uFFFD", 12) + " is \uFFFD\uFFFD at the desk.", true},
		{"a few characters replaced", "The key is kept at the desk on the first floor\uFFFD and given out against a signature. Don\uFFFDt lend it.", false},
		{"French", "La clé de la réserve est là où elle a été posée, à côté de l’âtre; ça gêne.", false},
		{"Icelandic", "Lykillinn að geymslunni er hjá verðinum á fyrstu hæð; það má aðeins fá hann gegn undirskrift.", false},
		{"Russian", "Ключ от кладовой лежит у дежурного на первом этаже.", false},
		{"a formula", "± ÅÄÖ é", false},
		{"nothing", "", false},
	} {
		if got := IsGarbled(tt.text); got != tt.garbled {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
}
