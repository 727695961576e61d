package wording

import "testing"

func TestAPageIsWithinAnotherThatSaysAllOfIt(t *testing.T) {
	page := "Pay by card.\n\n- [Visa](https://a.example/visa)\n- Mastercard\n"
	for name, test := range map[string]struct {
		other string
		want  bool
	}{
		"the same":                     {page, true},
		"links lead elsewhere":         {"Pay by card.\n\n- [Visa](#visa)\n- Mastercard\n", true},
		"in another order, with more":  {"- Mastercard\n- Visa\n\nPay by card.\n\nOr in cash.\n", true},
		"a line is missing":            {"Pay by card.\n\n- Visa\n", false},
		"a word of a line is another":  {"Pay by cheque.\n\n- Visa\n- Mastercard\n", false},
		"something else":               {"Welcome to our shop.\n", false},
		"nothing, as of an empty page": {"", false},
	} {
		if got := LinesOf(page, "Paying").Within(LinesOf(test.other, "")); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
	if !LinesOf("# How to pay\n\nBy card.", "How to pay").Within(LinesOf("By card.", "")) {
		t.Error("the title counts")
	}
}

func TestAPageIsSimilarToOneThatHasNearlyAllOfIt(t *testing.T) {
	sent := "By card or by bank transfer, within thirty days, as it suits you."
	for now, want := range map[string]bool{
		sent + " And in cash.": true,
		"By card or by bank transfer, within sixty days, as it suits you.": false,
		"We are down for maintenance. Come back later today, please.":      false,
		"": false,
	} {
		if Similar(sent, now, 0.9) != want {
			t.Errorf("%q: want %v", now, want)
		}
	}
}
