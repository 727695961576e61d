package screen

import (
	"strings"
	"sync"
)

// maxThing is how far behind a label it is looked for what a code unlocks, in bytes.
const maxThing = 60

// isBare reports whether a label of codes says nothing of what they unlock.
func isBare(label string) bool {
	label = fold(label)
	for bare := range strings.SplitSeq(bareCodes, "|") {
		if rest, ok := strings.CutPrefix(label, bare); ok && len(rest) <= maxEnding {
			return true
		}
	}
	return false
}

// hasNumberNear reports whether a text has a number of three digits or more in its first part, as where a code follows.
func hasNumberNear(rest string) bool {
	digits := 0
	for i := range min(len(rest), maxThing) {
		switch b := rest[i]; {
		case '0' <= b && b <= '9':
			if digits++; digits >= 3 {
				return true
			}
		case b != '-' && b != ' ':
			digits = 0
		}
	}
	return false
}

// things are what people lock with a code, in the languages of the labels.
var things = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for word := range strings.FieldsSeq("door doors gate gates alarm lock padlock lockbox safe vault entrance keypad garage elevator lift shed barrier locker cabinet keybox " +
		"tür haustür hintereingang eingang tor garage hoftor schloss tresor alarmanlage schlüsselbox schlüsseltresor spind schrank aufzug " +
		"porte portail alarme coffre coffre-fort immeuble entrée cadenas ascenseur garage puerta portón alarma candado ascensor taquilla fuerte garaje " +
		"porta portão cofre cadeado elevador armário cancello allarme cassaforte lucchetto ingresso ascensore magazzino portone deur poort kluis slot hek hangslot sleutelkluis " +
		"drzwi drzwiach bramy brama sejfu sejf kłódki alarmu dörr dörren grind larm larmet kassaskåp hänglås dør døren port pengeskab pengeskap lås hengelås " +
		"ovi oven ovikoodi portti portin hälytin hälyttimen kassakaappi dveře dveří brány trezoru trezor kapı kapısı kasa kapının ajtó kapu széf uși ușă poarta seif " +
		"двери дверь ворот сейфа сейф замка замок сигнализации шлагбаума дверей вхід дверим сейфу πόρτα πόρτας συναγερμού") {
		all[word] = true
	}
	return all
})

// locks reports whether a line names something that a code unlocks.
func locks(line string) bool {
	for word := range strings.FieldsFuncSeq(fold(line), func(r rune) bool { return !isLetterOrDigit(r) && r != '-' }) {
		if things()[word] {
			return true
		}
	}
	for _, word := range []string{"ドア", "扉", "玄関", "金庫", "警報", "门", "門", "保险柜", "警报", "문", "금고", "ประตู", "दरवाज", "باب", "דלת"} {
		if strings.Contains(line, word) {
			return true
		}
	}
	return false
}
