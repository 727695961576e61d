package htmltree

import "testing"

func TestVisible(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"soft hyphens and zero-width spaces", "hy\u00adphen\u200b\u2060\ufeffated", "hyphenated"},
		{"direction controls", "\u202eabc\u202c \u2066x\u2069 \u200f\u200e\u061c", "abc x "},
		{"tags that spell a message", "ok\U000e0049\U000e0067\U000e006e", "ok"},
		{"tags behind a flag that spell a message", "🏴\U000e0049\U000e0067\U000e007f", "🏴"},
		{"the flag of Scotland", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f!", "🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f!"},
		{"bytes in variation selectors", "😀\ufe0f\ufe0e\ufe0f\ufe01\U000e0101", "😀\ufe0f"},
		{"a family", "👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"},
		{"a heart on fire", "❤\ufe0f\u200d🔥", "❤\ufe0f\u200d🔥"},
		{"joiners in English", "pa\u200dss\u200cword", "password"},
		{"joiners between accented letters", "é\u200cé", "éé"},
		{"Persian", "می\u200cخواهم", "می\u200cخواهم"},
		{"Hindi", "क्\u200dष", "क्\u200dष"},
		{"joiners in a row", "می\u200c\u200c\u200cخواهم", "می\u200cخواهم"},
		{"icons of fonts", "\ue001Open\U000f0001", "Open"},
		{"blanks that are no spaces", "a\u3164\u2800\u115fb", "ab"},
		{"controls", "a\x00\x07b\x7f", "ab"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Visible(test.text); got != test.want {
				t.Errorf("got %+q, want %+q", got, test.want)
			}
		})
	}
}
