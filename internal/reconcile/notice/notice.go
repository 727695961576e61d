// Package notice tells texts that stand in place of an article: errors, apologies, pages that are being loaded.
package notice

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/crawler/extract/markdown"
)

// shortNotice is the length, in characters, up to which a text may be a notice in place of an article.
// An article is mostly longer than an apology.
const shortNotice = 400

// In returns why the text of a page looks like a notice in place of an article, such as an error
// or an apology, or "". It is only evidence: it counts only against a page that lost its text.
func In(p crawler.Page) string {
	if len(p.Markdown) > 4*shortNotice {
		return ""
	}
	text := LettersOf(markdown.WithoutTargets(p.Markdown))
	if utf8.RuneCountInString(text) > shortNotice {
		return ""
	}
	said := strings.ToLower(text)
	for _, n := range notices() {
		for _, words := range n.words {
			if strings.Contains(said, words) {
				return n.about
			}
		}
	}
	return ""
}

// notice has the words of one kind of notice.
type notice struct {
	about string
	words []string // in the form of [lettersOf]
}

var notices = sync.OnceValue(func() []notice {
	all := noticeWords()
	for _, n := range all {
		for i, words := range n.words {
			n.words[i] = LettersOf(words)
		}
	}
	return all
})

// noticeWords are words of notices in many languages, without spaces and punctuation.
func noticeWords() []notice {
	return []notice{
		{"it says that it is being loaded", []string{
			"loading", "pleasewait", "wirdgeladen", "ladevorgang", "bittewarten", "chargement", "patientez", "cargando", "espereporfavor",
			"caricamento", "attendere", "carregando", "aguarde", "wordtgeladen", "ladenbezig", "evengeduld", "laddar", "laster", "indlæser", "ladataan",
			"ładowanie", "proszęczekać", "načítá", "načítava", "betöltés", "seîncarcă", "yükleniyor", "загрузка", "загружается", "завантаження", "φόρτωση",
			"読み込み中", "加载中", "載入中", "로딩", "불러오는중", "กำลังโหลด", "đangtải", "جارٍالتحميل", "جارالتحميل", "טוען", "लोडहोरहा",
		}},
		{"it says that something went wrong", []string{
			"somethingwentwrong", "anerroroccurred", "anerrorhasoccurred", "unexpectederror", "internalservererror", "servererror", "badgateway",
			"serviceunavailable", "temporarilyunavailable", "currentlyunavailable", "notavailableatthemoment", "tryagain", "applicationerror", "fatalerror",
			"databaseerror", "toomanyrequests", "requesttimedout", "failedtoload", "couldnotbeloaded", "unabletoload",
			"etwasistschief", "fehleraufgetreten", "istgeradenichtverfügbar", "nichterreichbar", "erneutversuchen", "nocheinmal", "späternocheinmal",
			"uneerreurestsurvenue", "uneerreursestproduite", "indisponible", "veuillezréessayer", "réessayez",
			"algosaliómal", "haocurridounerror", "seprodujounerror", "nodisponible", "inténtelodenuevo", "inténtalodenuevo", "vuelvaaintentar",
			"sièverificatounerrore", "qualcosaèandatostorto", "nondisponibile", "riprova", "ocorreuumerro", "algodeuerrado", "indisponível", "tentenovamente",
			"erisietsmisgegaan", "eenfoutopgetreden", "nietbeschikbaar", "probeerhetopnieuw", "någotgickfel", "ettfeluppstod", "försökigen", "noegikgalt",
			"nogetgikgalt", "prøvigen", "jokinmenipieleen", "yritäuudelleen", "cośposzłonietak", "wystąpiłbłąd", "spróbujponownie", "něcosepokazilo",
			"zkusteto", "hibatörtént", "próbáljaújra", "eroare", "birhataoluştu", "tekrardeneyin", "произошлаошибка", "чтотопошлонетак", "попробуйтеещёраз",
			"попробуйтееще", "повторитепопытку", "недоступен", "недоступна", "сталасяпомилка", "спробуйтещераз", "κάτιπήγεστραβά", "προσπαθήστεξανά",
			"エラーが発生", "もう一度", "再度お試し", "出错了", "发生错误", "請稍後", "请稍后", "오류가발생", "다시시도", "เกิดข้อผิดพลาด", "đãxảyralỗi", "thửlại",
			"حدثخطأ", "حاولمرةأخرى", "אירעהשגיאה", "נסהשוב", "त्रुटि",
		}},
		{"it says that the site is being worked on", []string{
			"maintenance", "bebackshortly", "bebacksoon", "underconstruction", "wartung", "gleichzurück", "mantenimiento", "manutenzione", "manutenção",
			"onderhoud", "underhåll", "vedlikehold", "vedligehold", "huolto", "konserwac", "pracetechniczne", "údržb", "karbantart", "mentenanță", "bakım",
			"техническиеработы", "техническоеобслуживание", "обслуговування", "συντήρηση", "メンテナンス", "维护", "維護", "점검", "ปิดปรับปรุง", "bảotrì",
			"صيانة", "תחזוקה", "रखरखाव",
		}},
		{"it asks for scripts or cookies", []string{
			"enablejavascript", "javascriptisrequired", "javascriptisdisabled", "requiresjavascript", "needjavascript", "enablecookies", "javascriptaktivieren",
			"javascriptmussaktiviert", "activerjavascript", "activezjavascript", "habilitejavascript", "activajavascript", "abilitajavascript",
			"включитеjavascript", "javascriptを有効", "启用javascript", "verifyyouarehuman", "verifyingyouarehuman", "checkingyourbrowser",
		}},
		{"it asks for a login", []string{
			"sessionhasexpired", "sessionexpired", "pleaselogin", "pleasesignin", "pleaseloginto", "loginrequired", "youmustbeloggedin", "signintocontinue",
			"accessdenied", "permissiondenied", "notauthorized", "sitzungabgelaufen", "sitzungistabgelaufen", "bitteanmelden", "meldensiesichan", "zugriffverweigert",
			"sessionexpirée", "veuillezvousconnecter", "accèsrefusé", "sesióncaducada", "sesiónhaexpirado", "iniciesesión", "iniciasesión", "accesodenegado",
			"sessionescaduta", "accessonegato", "sessãoexpirada", "sessãoexpirou", "acessonegado", "sessieisverlopen", "toeganggeweigerd", "sesjawygasła",
			"сессияистекла", "доступзапрещен", "доступзапрещён", "войдите", "セッションの有効期限", "ログインしてください", "会话已过期", "请登录", "로그인",
		}},
	}
}

// LettersOf returns the letters and digits of a text.
func LettersOf(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, text)
}
