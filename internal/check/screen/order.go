package screen

import (
	"bytes"
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// order is how a language says that what was told before is to be forgotten: by a verb, a noun, and a word that says
// which of them, in any sequence. Each is written as the stems that its forms have in common; one with a space behind it
// is a whole word. In front of what stands in not, or behind it, the verb says the opposite.
type order struct{ verbs, nouns, which, not string }

// orders has all languages but English, whose manuals have the words of an order in many sentences that are none: see
// [phrases]. Languages near each other share a line.
//
//nolint:misspell // none of it is English
func orders() []order {
	return []order{
		{"تجاهل|انس |أهمل|لا تتبع", "تعليمات|التعليمات|الأوامر|أوامر|التوجيهات|الإرشادات", "السابق|جميع|كل |أعلاه|كافة", "لا …|لا ت…"},                                                                                                                                                                                                           // Arabic
		{"উপেক্ষা|ভুলে যাও|ভুলে যান|অগ্রাহ্য|এড়িয়ে", "নির্দেশ|নির্দেশনা|নির্দেশাবলী", "আগের|পূর্ব|সমস্ত|সব|উপরের", ""},                                                                                                                                                                                                                         // Bengali
		{"игнорир|забрав|пренебрегн|не следвай|не спазвай", "инструкци|указани|команд|нареждани", "предишн|предходн|всички|горн|досегашн|по-ранн", "не …"},                                                                                                                                                                                       // Bulgarian
		{"ignorir|zanemari|zaboravi|ne slijedi|ne prati", "uputstv|uput|instrukcij|naredb|smjernic|smernic|nalog", "prethodn|dosadašnj|sve|svak|ranij|gornj", "ne …"},                                                                                                                                                                            // Bosnian, Croatian, Serbian
		{"игнориши|занемари|заборави|не прати", "упутств|инструкциј|наредб|смернице|налог", "претходн|досадашњ|све|раниј|горњ", "не …"},                                                                                                                                                                                                          // Serbian
		{"ignora|oblida|descarta|no segueixis|fes cas omís|ometre|omet", "instruccion|indicacion|ordres|directri", "anterior|totes|prèvi|precedent", "no …"},                                                                                                                                                                                     // Catalan
		{"ignoruj|zapomeň|zapomen|nedbej|neber v úvahu|pomiň|přehlédni", "pokyn|instrukc|příkaz|instrukci", "předchozí|všechn|dosavadní|veškeré|předešl|výše", ""},                                                                                                                                                                               // Czech
		{"ignoruj|zabudni|nevšímaj|neriaď sa", "pokyn|inštrukci|príkaz", "predchádzajúc|všetk|doterajš|predošl|vyššie", ""},                                                                                                                                                                                                                      // Slovak
		{"ignorer|glem|se bort fra|tilsidesæt|følg ikke", "instruktion|instruks|anvisning|vejledning|alt hvad|alt, hvad", "tidligere|alle|foregående|forrige|ovenstående", "… ikke"},                                                                                                                                                             // Danish
		{"ignorer|glem|se bort fra|overse|ikke følg", "instruksjon|instruks|anvisning|beskjed", "tidligere|alle|foregående|forrige|ovenstående", "… ikke|ikke …"},                                                                                                                                                                                // Norwegian
		{"ignorera|glöm|bortse från|strunta i|följ inte", "instruktion|anvisning|direktiv|allt som", "tidigare|alla|föregående|ovanstående|förra", "… inte"},                                                                                                                                                                                     // Swedish
		{"ignorier|vergiss|vergesst|vergessen sie|missacht|beachte nicht|beachten sie nicht|verwirf|verwerfen sie|überschreibe ", "anweisung|instruktion|befehl|vorgabe|richtlinie|systemprompt|prompts|alles", "vorherig|bisher|alle|vorig|obig|früher|vorangegangen|vorangehend|vorstehend|zuvor|davor|ursprünglich|deine", "… nicht|nicht …"}, // German
		{"αγνόησ|αγνοήσ|ξέχασ|ξεχάσ|παράβλεψ|μην ακολουθ", "οδηγί|εντολ|υποδείξ", "προηγούμεν|όλες|παραπάνω|πρότερ", "μην …|μη …"},                                                                                                                                                                                                               // Greek
		{"ignora|ignore|olvida|olvide|omite|omita|omitan|descarta|descarte|haz caso omiso|haga caso omiso|no hagas caso|no haga caso|pasa por alto|no sigas|desobedec|desestim", "instrucci|indicaci|órdenes|directri|directiv|reglas|todo lo", "anterior|todas|previa|precedent|de arriba|han dicho|has dicho|hasta ahora", "no …"},             // Spanish
		{"eira|ignoreeri|unusta|ära järgi|jäta tähelepanuta", "juhis|juhised|juhiseid|korraldus|instruktsioon", "eelnev|varasem|kõik|eelmis|ülaltoodud", "ära …"},                                                                                                                                                                                // Estonian
		{"نادیده بگیر|فراموش کن|توجه نکن|بی توجهی|نادیده", "دستورالعمل|دستورات|دستور|راهنمایی", "قبلی|پیشین|تمام|همه|بالا", ""},                                                                                                                                                                                                                  // Persian
		{"unohda|ohita|jätä huomiotta|älä noudata|sivuuta", "ohje|ohjee|käsky|määräy", "aiem|edelli|kaikki|yllä|aikaisem", "älä …|älkää …"},                                                                                                                                                                                                      // Finnish
		{"ignore|oublie|néglige|ne tiens pas compte|ne tenez pas compte|fais abstraction|faites abstraction|ne suis pas|ne suivez pas", "instruction|consigne|directives|règles|indications|tout ce qu", "précéd|précèd|toutes|tous|antérieur|ci-dessus|ci-avant|plus haut|préalable|a été dit", "ne …|n …|… pas"},                               // French
		{"התעלם|תתעלם|שכח|תשכח|אל תציית|להתעלם|התעלמי", "הוראות|ההוראות|הנחיות|ההנחיות|פקודות", "הקודמות|כל |לעיל|קודמות", "אל …"},                                                                                                                                                                                                               // Hebrew
		{"अनदेखा|नज़रअंदाज|नजरअंदाज|भूल जा|उपेक्षा|ध्यान न दें", "निर्देश|अनुदेश|आदेश|हिदायत", "पिछले|पूर्व|सभी|पहले|ऊपर", "न …|मत …|… नहीं|… मत"},                                                                                                                                                                                               // Hindi
		{"figyelmen kívül|felejtsd|feledj|hagyd figyelmen|ne kövesd|ignoráld", "utasítás|instrukció|parancs|útmutatás", "korábbi|előző|összes|minden|fenti", "ne …"},                                                                                                                                                                             // Hungarian
		{"abaikan|lupakan|hiraukan|jangan ikuti|ketepikan", "instruksi|perintah|arahan|petunjuk", "sebelum|semua|terdahulu|di atas|segala", "jangan …"},                                                                                                                                                                                          // Indonesian, Malay
		{"ignora|ignori|dimentica|tralascia|trascura|non seguire|scarta", "istruzion|indicazion|direttiv|ordini|comandi|tutto ciò|tutto quello", "precedent|tutte|tutti|anterior|sopra|detto|tue", "non …"},                                                                                                                                      // Italian
		{"無視|忘れ|従わない|破棄", "指示|命令|インストラクション|プロンプト|指令", "以前|これまで|前の|すべて|全て|上記|先の|今まで", "…ない|…しない|…せず|…ず|…しては"},                                                                                                                                                                                                                                     // Japanese
		{"មិនអើពើ|បំភ្លេច|ព្រងើយ|កុំធ្វើតាម", "ការណែនាំ|សេចក្តីណែនាំ|បញ្ជា", "មុន|ទាំងអស់|ខាងលើ", ""},                                                                                                                                                                                                                                            // Khmer
		{"무시|잊어|잊으|따르지 마", "지시를|지시는|지시도|지시들|지시사항|명령|지침|프롬프트", "이전|모든|앞의|위의|기존", "…지 마|…지 말|…하지 마|…하지 말"},                                                                                                                                                                                                                                         // Korean
		{"ignorē|aizmirst|neņem vērā|neievēro", "norādījum|instrukcij|pavēl|rīkojum", "iepriekšēj|visus|visas|augstāk|agrāk", ""},                                                                                                                                                                                                                // Latvian
		{"ignoruok|pamiršk|nepaisyk|nekreipk dėmesio|neklausyk", "instrukcij|nurodym|įsakym|komand", "ankstesn|visus|visas|visų|aukščiau|prieš tai", ""},                                                                                                                                                                                         // Lithuanian
		{"үл тоо|үл хэрэгс|март|мартаарай|дагахгүй", "заавр|заавар|удирдамж|тушаал", "өмнөх|бүх|дээрх", "бүү …"},                                                                                                                                                                                                                                 // Mongolian
		{"negeer|vergeet|sla geen acht|volg niet|veronachtzaam", "instructie|aanwijzing|opdracht|richtlijn|alles wat", "vorige|eerder|alle|bovenstaand|voorgaand", "… niet"},                                                                                                                                                                     // Dutch
		{"zignoruj|ignoruj|zapomnij|pomiń|nie przestrzegaj|odrzuć", "instrukcj|poleceni|wskazówk|wytyczn|rozkaz|wszystko co|wszystko, co", "poprzedni|wszystkie|wcześniejsz|dotychczas|powyższ", "nie …"},                                                                                                                                        // Polish
		{"ignore|ignora|esqueç|esquec|desconsider|desprez|não sig", "instruç|ordens|orientaç|diretriz|comandos|tudo o que|tudo que", "anterior|todas|prévia|acima|precedent|dito", "não …"},                                                                                                                                                      // Portuguese
		{"ignoră|ignora|uită|nu ține cont|nu respecta|nu urma", "instrucțiuni|instructiuni|indicați|ordine|comenzi", "anterioar|toate|precedent|de mai sus", "nu …"},                                                                                                                                                                             // Romanian
		{"игнорир|забуд|проигнорир|не обращай внимания|пренебрег|не следуй|отбрось", "инструкц|указани|команд|распоряжен|промпт|все, что|всё, что", "предыдущ|все |всё|прежн|ранее|выше|предшеств", "не …"},                                                                                                                                      // Russian
		{"prezri|pozabi|ne upoštevaj|zanemari|ignoriraj", "navodil|ukaz|napotk", "prejšnj|vsa|vse|dosedanj|zgornj", "ne …"},                                                                                                                                                                                                                      // Slovenian
		{"injoro|harro|shpërfill|mos ndiq", "udhëzim|instruksion|urdhër", "mëparsh|gjitha|sipërm", "mos …"},                                                                                                                                                                                                                                      // Albanian
		{"puuza|sahau|usifuate|usizingatie", "maagizo|maelekezo|amri", "awali|yote|yaliyotangulia|hapo juu", ""},                                                                                                                                                                                                                                 // Swahili
		{"புறக்கணி|மறந்து", "வழிமுறை|அறிவுறுத்தல்|உத்தரவு", "முந்தைய|அனைத்து|எல்லா", ""},                                                                                                                                                                                                                                                         // Tamil
		{"విస్మరించ|మర్చిపో|పట్టించుకో", "సూచన|ఆదేశ", "మునుపటి|అన్ని|గత", ""},                                                                                                                                                                                                                                                                    // Telugu
		{"เพิกเฉย|ละเว้น|ลืม|ไม่ต้องสนใจ|อย่าทำตาม|ไม่ต้องทำตาม", "คำสั่ง|คำแนะนำ|ข้อกำหนด", "ก่อนหน้า|ทั้งหมด|ข้างต้น|เดิม", "อย่า…"},                                                                                                                                                                                                           // Thai
		{"huwag pansinin|kalimutan|balewalain|huwag sundin", "tagubilin|utos|instruksyon|panuto", "nakaraan|lahat|nauna|naunang|itaas", "huwag …"},                                                                                                                                                                                               // Filipino
		{"yoksay |yoksayın|yok say |yok sayın|unut |unutun|görmezden gel|dikkate alma |dikkate almayın|göz ardı e", "talimat|yönerge|komut|emir", "önceki|tüm|bütün|yukarıdaki|daha önce", ""},                                                                                                                                                   // Turkish
		{"ігнору|проігнору|забуд|не зважай|знехтуй|не дотримуй", "інструкц|вказівк|команд|наказ", "попередн|усі|всі|раніш|вище", "не …"},                                                                                                                                                                                                         // Ukrainian
		{"نظر انداز|نظرانداز|بھول جا|خیال نہ", "ہدایات|ہدایت|احکامات", "پچھلی|سابقہ|تمام|پہلے", "نہ …|مت …|… نہ"},                                                                                                                                                                                                                                // Urdu
		{"bỏ qua|phớt lờ|quên|đừng làm theo|không tuân", "chỉ dẫn|hướng dẫn|lệnh|chỉ thị", "trước|tất cả|mọi|ở trên", "đừng …"},                                                                                                                                                                                                                  // Vietnamese
		{"忽略|无视|忘记|忘掉|不要理会|不理会|不要遵循|忽視|無視|忘記|不要理會|不要遵循", "指令|指示|说明|命令|提示|提示词|說明|提示詞", "之前|先前|所有|以上|上面|前面|此前|以前", "不要…|别…|勿…|別…|不能…|不可…|…し|…す"},                                                                                                                                                                                                   // Chinese; with し and す it is Japanese
	}
}

const classicOrder = "ignore-instructions"

// orderReach is how far from its noun an order has its other words, in letters.
const orderReach = 38

// stem is what the forms of a word have in common, as a skeleton.
type stem struct {
	letters      []byte
	begins, ends bool // a word
}

// negation is a word that turns an order into its opposite.
type negation struct {
	stem
	before bool // it stands in front of the verb
	apart  bool // it is a word of its own behind the verb, maybe after another
}

// stems are the words of an order but for its noun.
type stems struct {
	verbs, which []stem
	negations    []negation
}

func (o order) stems() *stems {
	s := &stems{verbs: stemsOf(o.verbs), which: stemsOf(o.which)}
	for _, word := range strings.Split(o.not, "|") {
		letters, before := strings.CutSuffix(word, "…")
		letters = strings.TrimPrefix(letters, "…")
		for _, stem := range stemsOf(letters) {
			s.negations = append(s.negations, negation{stem, before, letters[0] == ' '})
		}
	}
	return s
}

func stemsOf(words string) (list []stem) {
	for _, word := range strings.Split(words, "|") {
		letters := strings.TrimSpace(word)
		first, _ := utf8.DecodeRuneInString(letters)
		for _, spelling := range spellings(letters) {
			list = append(list, stem{
				letters: []byte(spelling), begins: unicode.In(first, unicode.Latin, unicode.Cyrillic, unicode.Greek), ends: strings.HasSuffix(word, " "),
			})
		}
	}
	return list
}

// mayBeIn reports whether the letters around a noun have what an order has.
func (s *stems) mayBeIn(letters []byte) bool {
	isIn := func(stem stem) bool { return bytes.Contains(letters, stem.letters) }
	return slices.ContainsFunc(s.verbs, isIn) && slices.ContainsFunc(s.which, isIn)
}

// isIn reports whether a sentence with a noun is an order.
func (s *stems) isIn(text *spelt, noun span) bool {
	for _, verb := range s.verbs {
		for at := range text.each(verb) {
			if at.meets(noun) || slices.ContainsFunc(s.negations, func(n negation) bool { return n.negates(text, at) }) {
				continue
			}
			for _, which := range s.which {
				for other := range text.each(which) {
					if !other.meets(noun) && !other.meets(at) {
						return true
					}
				}
			}
		}
	}
	return false
}

// negates reports whether a verb has the word beside it.
func (n negation) negates(text *spelt, verb span) bool {
	const near = 12 // letters: an ending, and a word such as "please"
	for at := range text.each(n.stem) {
		switch {
		case n.before && at.end == verb.start,
			!n.before && at.start == verb.end,
			n.apart && at.start > verb.end && at.start <= verb.end+near && text.begins(at.start) && text.begins(at.end):
			return true
		}
	}
	return false
}

func (s span) meets(other span) bool { return s.start < other.end && other.start < s.end }

// spelt is the skeleton of a text, with where each letter of it stands.
type spelt struct {
	plain   string
	letters []byte
	places  []int
}

func spellText(plain string) *spelt {
	s := &spelt{plain: plain}
	skeleton(plain, func(letter byte, at int) {
		s.letters = append(s.letters, letter)
		s.places = append(s.places, at)
	})
	return s
}

// each yields where a word stands.
func (s *spelt) each(word stem) iter.Seq[span] {
	return func(yield func(span) bool) {
		for from := 0; ; {
			i := bytes.Index(s.letters[from:], word.letters)
			if i < 0 {
				return
			}
			at := span{from + i, from + i + len(word.letters)}
			from = at.start + 1
			if word.begins && !s.begins(at.start) || word.ends && !s.begins(at.end) {
				continue
			}
			if !yield(at) {
				return
			}
		}
	}
}

// begins reports whether a word begins with the i-th letter, or the text ends there.
func (s *spelt) begins(i int) bool {
	if i == 0 || i == len(s.letters) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s.plain[:s.places[i]])
	return !isLetterOrDigit(before) && !unicode.IsMark(before)
}

// order returns the order whose noun stands from start to end, if it is one.
func (t *text) order(language *stems, start, end int) (in span, ok bool) {
	t.meter.Spend(2 * keyword.PerTry)
	in = t.sentenceAround(start, end)
	sentence := spellText(t.plain[in.start:in.end])
	first, _ := slices.BinarySearch(sentence.places, start-in.start)
	last, _ := slices.BinarySearch(sentence.places, end-in.start)
	return in, language.isIn(sentence, span{first, last})
}

// sentenceAround returns what of the sentence around a word is near it.
func (t *text) sentenceAround(start, end int) span {
	const most = 4 * orderReach // characters, where others stand between the letters
	from, to := start, end
	for letters, n := 0, 0; from > 0 && letters < orderReach && n < most; n++ {
		r, size := utf8.DecodeLastRuneInString(t.plain[:from])
		if endsSentence(r, t.plain[from:]) {
			break
		}
		from -= size
		letters += letterCount(r)
	}
	for letters, n := 0, 0; to < len(t.plain) && letters < orderReach && n < most; n++ {
		r, size := utf8.DecodeRuneInString(t.plain[to:])
		if endsSentence(r, t.plain[to+size:]) {
			break
		}
		to += size
		letters += letterCount(r)
	}
	return span{from, to}
}

// endsSentence reports whether a sign in front of a text ends a sentence.
func endsSentence(sign rune, text string) bool {
	switch sign {
	case '。', '！', '？', '؟', '।', '\n':
		return true
	case '.', '!', '?':
		return !startsWord(text)
	}
	return false
}

func letterCount(r rune) int {
	if unicode.IsLetter(r) {
		return 1
	}
	return 0
}
