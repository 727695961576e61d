package screen

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// order is how a language says that what was told before is to be forgotten: by a verb, a noun, and a word that says
// which of them, in any sequence. Each is written as the stems that its forms have in common, in small letters.
type order struct{ verbs, nouns, which string }

// orders has the languages that the phrases of phrases.go leave out, or say in fewer ways. Languages near each other share
// a line.
//
//nolint:misspell // none of it is English
func orders() []order {
	return []order{
		{"تجاهل|انس|أهمل|لا تتبع", "تعليمات|التعليمات|الأوامر|أوامر|التوجيهات|الإرشادات", "السابق|جميع|كل |أعلاه|كافة"},                                                                         // Arabic
		{"উপেক্ষা|ভুলে যাও|ভুলে যান|অগ্রাহ্য|এড়িয়ে", "নির্দেশ|নির্দেশনা|নির্দেশাবলী", "আগের|পূর্ব|সমস্ত|সব|উপরের"},                                                                            // Bengali
		{"игнорир|забрав|пренебрегн|не следвай|не спазвай", "инструкци|указани|команд|нареждани", "предишн|предходн|всички|горн|досегашн|по-ранн"},                                              // Bulgarian
		{"ignorir|zanemari|zaboravi|ne slijedi|ne prati", "uputstv|uput|instrukcij|naredb|smjernic|smernic|nalog", "prethodn|dosadašnj|sve|svak|ranij|gornj"},                                   // Bosnian, Croatian, Serbian
		{"игнориши|занемари|заборави|не прати", "упутств|инструкциј|наредб|смернице|налог", "претходн|досадашњ|све|раниј|горњ"},                                                                 // Serbian
		{"ignora|oblida|descarta|no segueixis|fes cas omís|ometre|omet", "instruccion|indicacion|ordres|directri", "anterior|totes|prèvi|precedent"},                                            // Catalan
		{"ignoruj|zapomeň|zapomen|nedbej|neber v úvahu|pomiň|přehlédni", "pokyn|instrukc|příkaz|instrukci", "předchozí|všechn|dosavadní|veškeré|předešl|výše"},                                  // Czech
		{"ignoruj|zabudni|nevšímaj|neriaď sa", "pokyn|inštrukci|príkaz", "predchádzajúc|všetk|doterajš|predošl|vyššie"},                                                                         // Slovak
		{"ignorer|glem|se bort fra|tilsidesæt|følg ikke", "instruktion|instruks|anvisning|vejledning", "tidligere|alle|foregående|forrige|ovenstående"},                                         // Danish
		{"ignorer|glem|se bort fra|overse|ikke følg", "instruksjon|instruks|anvisning|beskjed", "tidligere|alle|foregående|forrige|ovenstående"},                                                // Norwegian
		{"ignorera|glöm|bortse från|strunta i|följ inte", "instruktion|anvisning|direktiv", "tidigare|alla|föregående|ovanstående|förra"},                                                       // Swedish
		{"ignorier|vergiss|vergesst|vergessen sie|missacht|beachte nicht|verwirf", "anweisung|instruktion|befehl|vorgabe|richtlinie", "vorherig|bisherig|alle|vorig|obig|früher|vorangegangen"}, // German
		{"αγνόησ|αγνοήσ|ξέχασ|ξεχάσ|παράβλεψ|μην ακολουθ", "οδηγί|εντολ|υποδείξ", "προηγούμεν|όλες|παραπάνω|πρότερ"},                                                                            // Greek
		{"ignora|olvid|omit|descart|haz caso omiso|haga caso omiso|no sigas|desestim", "instrucci|indicaci|órdenes|directri|directiv", "anterior|todas|previa|precedent|de arriba"},             // Spanish
		{"eira|ignoreeri|unusta|ära järgi|jäta tähelepanuta", "juhis|juhised|juhiseid|korraldus|instruktsioon", "eelnev|varasem|kõik|eelmis|ülaltoodud"},                                        // Estonian
		{"نادیده بگیر|فراموش کن|توجه نکن|بی توجهی|نادیده", "دستورالعمل|دستورات|دستور|راهنمایی", "قبلی|پیشین|تمام|همه|بالا"},                                                                     // Persian
		{"unohda|ohita|jätä huomiotta|älä noudata|sivuuta", "ohje|ohjee|käsky|määräy", "aiem|edelli|kaikki|yllä|aikaisem"},                                                                      // Finnish
		{"ignore|oublie|néglige|ne tiens pas compte|ne tenez pas compte|fais abstraction|faites abstraction", "instruction|consigne", "précédent|toutes|tous|antérieur|ci-dessus|préalable"},    // French
		{"התעלם|תתעלם|שכח|תשכח|אל תציית|להתעלם|התעלמי", "הוראות|ההוראות|הנחיות|ההנחיות|פקודות", "הקודמות|כל |לעיל|קודמות"},                                                                      // Hebrew
		{"अनदेखा|नज़रअंदाज|नजरअंदाज|भूल जा|उपेक्षा|ध्यान न दें", "निर्देश|अनुदेश|आदेश|हिदायत", "पिछले|पूर्व|सभी|पहले|ऊपर"},                                                                      // Hindi
		{"figyelmen kívül|felejtsd|feledj|hagyd figyelmen|ne kövesd|ignoráld", "utasítás|instrukció|parancs|útmutatás", "korábbi|előző|összes|minden|fenti"},                                    // Hungarian
		{"abaikan|lupakan|hiraukan|jangan ikuti|ketepikan", "instruksi|perintah|arahan|petunjuk", "sebelum|semua|terdahulu|di atas|segala"},                                                     // Indonesian, Malay
		{"ignora|dimentica|tralascia|trascura|non seguire|scarta", "istruzion|indicazion|direttiv|ordini|comandi", "precedent|tutte|tutti|anterior|sopra"},                                      // Italian
		{"無視|忘れ|従わない|破棄", "指示|命令|インストラクション|プロンプト|指令", "以前|これまで|前の|すべて|全て|上記|先の|今まで"},                                                                                                            // Japanese
		{"មិនអើពើ|បំភ្លេច|ព្រងើយ|កុំធ្វើតាម", "ការណែនាំ|សេចក្តីណែនាំ|បញ្ជា", "មុន|ទាំងអស់|ខាងលើ"},                                                                                               // Khmer
		{"무시|잊어|잊으|따르지 마", "지시를|지시 |지시사항|명령|지침|프롬프트", "이전|모든|앞의|위의|기존"},                                                                                                                         // Korean
		{"ignorē|aizmirst|neņem vērā|neievēro", "norādījum|instrukcij|pavēl|rīkojum", "iepriekšēj|visus|visas|augstāk|agrāk"},                                                                   // Latvian
		{"ignoruok|pamiršk|nepaisyk|nekreipk dėmesio|neklausyk", "instrukcij|nurodym|įsakym|komand", "ankstesn|visus|visas|visų|aukščiau|prieš tai"},                                            // Lithuanian
		{"үл тоо|үл хэрэгс|март|мартаарай|дагахгүй", "заавр|заавар|удирдамж|тушаал", "өмнөх|бүх|дээрх"},                                                                                         // Mongolian
		{"negeer|vergeet|sla geen acht|volg niet|veronachtzaam", "instructie|aanwijzing|opdracht|richtlijn", "vorige|eerdere|alle|bovenstaande|voorgaande"},                                     // Dutch
		{"zignoruj|ignoruj|zapomnij|pomiń|nie przestrzegaj|odrzuć", "instrukcj|poleceni|wskazówk|wytyczn|rozkaz", "poprzedni|wszystkie|wcześniejsz|dotychczas|powyższ"},                         // Polish
		{"ignor|esqueç|esquec|desconsider|desprez|não siga", "instruç|ordens|orientaç|diretriz|comandos", "anterior|todas|prévia|acima|precedent"},                                              // Portuguese
		{"ignoră|ignora|uită|nu ține cont|nu respecta|nu urma", "instrucțiuni|instructiuni|indicați|ordine|comenzi", "anterioar|toate|precedent|de mai sus"},                                    // Romanian
		{"игнорир|забуд|проигнорир|не обращай внимания|пренебрег|не следуй|отбрось", "инструкц|указани|команд|распоряжен|промпт", "предыдущ|все |всё|прежн|ранее|выше|предшеств"},               // Russian
		{"prezri|pozabi|ne upoštevaj|zanemari|ignoriraj", "navodil|ukaz|napotk", "prejšnj|vsa|vse|dosedanj|zgornj"},                                                                             // Slovenian
		{"injoro|harro|shpërfill|mos ndiq", "udhëzim|instruksion|urdhër", "mëparsh|gjitha|sipërm"},                                                                                              // Albanian
		{"puuza|sahau|usifuate|usizingatie", "maagizo|maelekezo|amri", "awali|yote|yaliyotangulia|hapo juu"},                                                                                    // Swahili
		{"புறக்கணி|மறந்து", "வழிமுறை|அறிவுறுத்தல்|உத்தரவு", "முந்தைய|அனைத்து|எல்லா"},                                                                                                            // Tamil
		{"విస్మరించ|మర్చిపో|పట్టించుకో", "సూచన|ఆదేశ", "మునుపటి|అన్ని|గత"},                                                                                                                       // Telugu
		{"เพิกเฉย|ละเว้น|ลืม|ไม่ต้องสนใจ|อย่าทำตาม|ไม่ต้องทำตาม", "คำสั่ง|คำแนะนำ|ข้อกำหนด", "ก่อนหน้า|ทั้งหมด|ข้างต้น|เดิม"},                                                                   // Thai
		{"huwag pansinin|kalimutan|balewalain|huwag sundin", "tagubilin|utos|instruksyon|panuto", "nakaraan|lahat|nauna|naunang|itaas"},                                                         // Filipino
		{"yoksay|yok say|unut|görmezden gel|dikkate alma|göz ardı", "talimat|yönerge|komut|emir", "önceki|tüm|bütün|yukarıdaki|daha önce"},                                                      // Turkish
		{"ігнору|проігнору|забуд|не зважай|знехтуй|не дотримуй", "інструкц|вказівк|команд|наказ", "попередн|усі|всі|раніш|вище"},                                                                // Ukrainian
		{"نظر انداز|نظرانداز|بھول جا|خیال نہ", "ہدایات|ہدایت|احکامات", "پچھلی|سابقہ|تمام|پہلے"},                                                                                                 // Urdu
		{"bỏ qua|phớt lờ|quên|đừng làm theo|không tuân", "chỉ dẫn|hướng dẫn|lệnh|chỉ thị", "trước|tất cả|mọi|ở trên"},                                                                           // Vietnamese
		{"忽略|无视|忘记|忘掉|不要理会|不理会|不要遵循|忽視|無視|忘記|不要理會|不要遵循", "指令|指示|说明|命令|提示|提示词|說明|提示詞", "之前|先前|所有|以上|上面|前面|此前|以前"},                                                                                // Chinese
	}
}

const classicOrder = "ignore-instructions"

// orderReach is how far from its noun an order has its verb, in characters.
const orderReach = 45

// stems are the verbs of an order and its words for "previous", as they are looked for in a folded sentence.
type stems struct{ verbs, which []string }

func (o order) stems() stems {
	return stems{strings.Split(fold(o.verbs), "|"), strings.Split(fold(o.which), "|")}
}

// nounPatterns are the patterns that mark where the noun of an order stands, one for each language.
func nounPatterns(orders []order) []*pattern {
	var patterns []*pattern
	for _, o := range orders {
		p := &pattern{word: true}
		for noun := range strings.SplitSeq(o.nouns, "|") {
			p.keywords = append(p.keywords, lowerASCII(noun))
			first, size := utf8.DecodeRuneInString(noun)
			if upper := unicode.ToUpper(first); upper != first && first >= utf8.RuneSelf {
				p.keywords = append(p.keywords, string(upper)+lowerASCII(noun[size:]))
			}
		}
		patterns = append(patterns, p)
	}
	return patterns
}

// order calls found where the noun of a language that stands from start to end is that of an order.
func (t *text) order(language stems, start, end int, found func(span)) {
	t.meter.Spend(2 * perTry)
	in := t.sentenceAround(start, end)
	sentence := fold(norm.NFKC.String(t.plain[in.start:in.end]))
	isIn := func(stem string) bool { return strings.Contains(sentence, stem) }
	if slices.ContainsFunc(language.verbs, isIn) && slices.ContainsFunc(language.which, isIn) {
		found(in)
	}
}

// sentenceAround returns what of the sentence around a word is near it.
func (t *text) sentenceAround(start, end int) span {
	const stops = ".!?。！？؟।\n"
	from, to := start, end
	for range orderReach {
		_, size := utf8.DecodeLastRuneInString(t.plain[:from])
		from -= size
		_, size = utf8.DecodeRuneInString(t.plain[to:])
		to += size
	}
	if at := strings.LastIndexAny(t.plain[from:start], stops); at >= 0 {
		_, size := utf8.DecodeRuneInString(t.plain[from+at:])
		from += at + size
	}
	if at := strings.IndexAny(t.plain[end:to], stops); at >= 0 {
		to = end + at
	}
	return span{from, to}
}
