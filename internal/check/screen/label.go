package screen

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
	"github.com/fincrawl/fincrawl/internal/check/screen/secretform"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// labelKind is what sort of secret a label names, which decides what its value may look like.
type labelKind int

const (
	passwordLabel labelKind = iota // what a person may have made up
	keyLabel                       // what a machine has made
	loginLabel                     // a user's name and password, set apart by a slash
	accountLabel                   // the same, where the label is the user's name itself
	codeLabel                      // digits for a door, an alarm or a telephone
	recoveryLabel                  // several codes for when a second factor is lost
	totpLabel                      // what one-time passwords are made from (RFC 6238)
	phraseLabel                    // words that stand for a key (BIP 39)
	labelKinds
)

// rule returns the ID of the rule that a value beside a label breaks.
func (k labelKind) rule() string {
	return [labelKinds]string{"password", "api-key", "password", "password", accessCode, recoveryCode, "totp-seed", "seed-phrase"}[k]
}

// labels are the words that name a secret, in the languages that support teams write in; a label in a Latin script of
// six letters or more also ends longer words ("Administratorkennwort"). Capitals count for nothing.
func labels() [labelKinds]string {
	return [labelKinds]string{
		passwordLabel: "password|passwd|authtok|bindpw|rootpw|passphrase|pass phrase|passcode|pass-code|pass|pwd|pw|p/w|identified by|machine login|" +
			"passwort|kennwort|losungswort|mot de passe|mdp|contraseña|contrasenya|clave de acceso|palavra-passe|palavra passe|senha|" +
			"parola d'ordine|parola d’ordine|parola|parolă|parole|wachtwoord|adgangskode|kodeord|passord|lösenord|salasana|parool|salasõna|hasło|haslo|heslo|" +
			"geslo|lozinka|šifra|jelszó|jelszo|jelszav|slaptažodis|şifre|sifre|mật khẩu|kata sandi|kata laluan|nenosiri|nywila|fjalëkalimi|lykilorð|" +
			"psk|*assword|]assword|wagwoord|pasahitza|contrasinal|cyfrinair|parol|пароль|парола|лозинка|шифра|нууц үг|құпия сөз|гасло|κωδικός πρόσβασης|κωδικός|συνθηματικό|" +
			"סיסמה|סיסמא|كلمة المرور|كلمة مرور|كلمة السر|كلمة سر|الرقم السري|رمز عبور|گذرواژه|کلمه عبور|" +
			"პაროლი|գաղտնաբառ|پاس ورڈ|પાસવર્ડ|ਪਾਸਵਰਡ|పాస్వర్డ్|ಪಾಸ್ವರ್ಡ್|මුරපදය|ລະຫັດຜ່ານ|पासवर्ड|कूटशब्द|পাসওয়ার্ড|கடவுச்சொல்|รหัสผ่าน|ពាក្យសម្ងាត់|စကားဝှက်|" +
			"パスワード|パスフレーズ|暗証番号|密码|密碼|口令|비밀번호|패스워드|암호",
		keyLabel: "key|secret_key_base|token|secret|credential|credentials|api-schlüssel|schlüssel|geheimnis|clé|jeton|chave|chiave|segreto|sleutel|geheim|nøgle|nyckel|avain|" +
			"klucz|klíč|kľúč|ključ|kulcs|anahtar|khóa|kunci|secreto|segredo|ключ|токен|секрет|κλειδί|מפתח|مفتاح|رمز|कुंजी|চাবি|คีย์|キー|トークン|シークレット|密钥|密鑰|令牌|金鑰|키|토큰",
		loginLabel: "credentials|creds|login|log in|sign in|user/password|username/password|user / password|username / password|zugangsdaten|anmeldedaten|identifiants|" +
			"credenciales|credenciais|credenziali|inloggegevens|logowanie|учетные данные|ログイン|账号|帳號",
		accountLabel: "admin|administrator|root|sysadmin|superuser|superadmin|postgres|oracle|operator|support|guest|ubuntu|cisco|sa",
		codeLabel: "pin|pin code|pin-code|pincode|pin number|door code|door-code|gate code|entry code|access code|alarm code|keypad code|lock code|safe code|safe combination|" +
			"lockbox code|key box code|keybox code|building code|garage code|elevator code|disarm code|voicemail code|conference code|host code|" +
			"türcode|tür-code|zugangscode|alarmcode|alarm-code|torcode|tresorcode|code porte|code de la porte|code d'entrée|code d’entrée|code alarme|digicode|code pin|" +
			"código de acceso|código de la puerta|código da porta|codice porta|codice di accesso|codice allarme|deurcode|toegangscode|kod do drzwi|kod dostępu|код двери|код домофона|" +
			"ドアコード|门禁密码|門禁密碼|출입 코드|host key|" + bareCodes,
		recoveryLabel: "recovery code|backup code|back-up code|rescue code|scratch code|emergency code|wiederherstellungscode|backup-code|code de secours|code de récupération|" +
			"código de recuperación|código de recuperação|codice di recupero|herstelcode|kod zapasowy|код восстановления|резервные коды|резервный код|バックアップコード|恢复代码|备用码",
		totpLabel:   "totp|totp secret|totp seed|totp key|2fa|2fa secret|2fa key|2fa seed|mfa|mfa secret|mfa key|mfa seed|otp secret|otp seed|setup key|authenticator key|authenticator secret|authenticator|two-factor secret|two factor secret",
		phraseLabel: "seed phrase|recovery phrase|recovery seed|secret recovery phrase|backup phrase|wallet seed|mnemonic|mnemonic phrase|seed words",
	}
}

// bareCodes are labels that are one of a code only beside the name of something that it unlocks: see [locks].
//
//nolint:misspell // they are of many languages
const bareCodes = "code|combination|kombination|combinaison|combinación|combinação|combinazione|codice|código|codigo|kod|kód|koodi|kode|kodu|код|コード|暗号|密码锁|코드"

// labelPatterns are the patterns that mark where a label may stand, one for each sort. Those that begin with a letter
// that is not of ASCII are found by [text.wideLabels].
func labelPatterns() []*keyword.Pattern {
	var patterns []*keyword.Pattern
	for _, words := range labels() {
		p := &keyword.Pattern{Word: true}
		for word := range strings.SplitSeq(words, "|") {
			if first, _, _ := strings.Cut(word, " "); isASCII(first) {
				p.Keywords = append(p.Keywords, word)
			}
		}
		patterns = append(patterns, p)
	}
	return patterns
}

func isASCII(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0
}

// wideLabel is a label in letters beyond ASCII.
type wideLabel struct {
	kind labelKind
	word string // in small letters
}

// wideIndex has the labels by their first word, and those of scripts that set no spaces between words.
var wideIndex = sync.OnceValue(func() (index struct {
	byWord   map[string][]wideLabel
	unspaced []wideLabel
}) {
	index.byWord = map[string][]wideLabel{}
	for kind, words := range labels() {
		for word := range strings.SplitSeq(words, "|") {
			label := wideLabel{labelKind(kind), word}
			first, _, _ := strings.Cut(fold(word), " ")
			r, _ := utf8.DecodeRuneInString(first)
			index.byWord[first] = append(index.byWord[first], label)
			if !isAlphabetic(r) {
				index.unspaced = append(index.unspaced, label)
			}
		}
	}
	return index
})

// wideLabels calls found for each label in letters beyond ASCII: of other scripts, with accents, or of full width.
func (t *text) wideLabels(found func(kind labelKind, start, end int)) {
	index := wideIndex()
	eachWideWord(t.plain, func(start, end int) {
		t.meter.Spend(1)
		word := t.plain[start:end]
		if strings.ContainsFunc(word, isUnspaced) {
			for _, label := range index.unspaced {
				for at := 0; ; {
					i := strings.Index(word[at:], label.word)
					if i < 0 {
						break
					}
					at += i + len(label.word)
					found(label.kind, start+at-len(label.word), start+at)
				}
			}
			return
		}
		folded := fold(norm.NFKC.String(word))
		if first, size := utf8.DecodeRuneInString(folded); len(folded) > longLabel && unicode.In(first, unicode.Hebrew) {
			for _, label := range index.byWord[folded[size:]] { // behind an article or a preposition
				found(label.kind, start+size, end)
			}
		}
		for range maxEnding + 1 {
			for _, label := range index.byWord[folded] {
				_, more, _ := strings.Cut(label.word, " ")
				if rest := t.plain[end:]; more == "" {
					found(label.kind, start, end)
				} else if n := len(more) + 1; len(rest) >= n && rest[0] == ' ' && strings.EqualFold(rest[1:n], more) {
					found(label.kind, start, end+n)
				}
			}
			_, size := utf8.DecodeLastRuneInString(folded)
			if folded = folded[:len(folded)-size]; len(folded) < longLabel {
				return
			}
		}
	})
}

// eachWideWord calls found for each run of letters of which one is beyond ASCII.
func eachWideWord(plain string, found func(start, end int)) {
	for i := 0; i < len(plain); i++ {
		if plain[i] < utf8.RuneSelf {
			continue
		}
		start, end, wide := i, i, false
		for start > 0 && keyword.IsWord(plain[start-1]) {
			start--
		}
		for end < len(plain) {
			r, size := utf8.DecodeRuneInString(plain[end:])
			if r >= utf8.RuneSelf && !unicode.IsLetter(r) && !unicode.IsMark(r) || r < utf8.RuneSelf && !keyword.IsWord(byte(r)) {
				break
			}
			wide = wide || r >= utf8.RuneSelf
			end += size
		}
		if wide {
			found(start, end)
		}
		i = max(i, end-1)
	}
}

// fold returns a text in which letters of both cases are the same.
func fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	return cases.Fold().String(s)
}

// maxEnding is how many letters a plural or a case adds to a label.
const maxEnding = 2

// longLabel is how many bytes a label has that may end a longer word.
const longLabel = 6

// isLabel reports whether the word from start to end in plain stands where a label may, and returns where the label ends
// with its plural or case.
func isLabel(plain string, start, end int) (int, bool) {
	first, _ := utf8.DecodeRuneInString(plain[start:])
	if before, _ := utf8.DecodeLastRuneInString(plain[:start]); isAlphabetic(first) && unicode.IsLetter(before) && isAlphabetic(before) {
		inCamelCase := unicode.IsUpper(first) && unicode.IsLower(before)
		if !inCamelCase && end-start < longLabel {
			return 0, false
		}
	}
	if !isAlphabetic(first) {
		return end, true
	}
	if end < len(plain) && strings.IndexByte("-_TVS", plain[end]) >= 0 {
		if form := valueForm().FindString(plain[end:min(len(plain), end+maxForm)]); form != "" {
			return end + len(form), true
		}
	}
	letters := 0
	for end < len(plain) {
		r, size := utf8.DecodeRuneInString(plain[end:])
		if !unicode.IsLetter(r) {
			break
		}
		if letters++; letters > maxEnding || unicode.IsUpper(r) {
			return 0, false
		}
		end += size
	}
	for end < len(plain) && plain[end] >= '0' && plain[end] <= '9' {
		end++ // "password2"
	}
	return end, end == len(plain) || plain[end] != '_'
}

// valueForm is what a name in a program adds to a label without being another thing: "password-value".
var valueForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\A[-_]?(?i:plain[-_]?)?(?i:text|value|string)\b`) })

const maxForm = 20

// isUnspaced reports whether a letter is of a script that sets no spaces between words, or no letter of an alphabet.
func isUnspaced(r rune) bool { return r >= utf8.RuneSelf && unicode.IsLetter(r) && !isAlphabetic(r) }

// isAlphabetic reports whether a letter is of a script that sets words apart by spaces.
func isAlphabetic(r rune) bool {
	return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek, unicode.Hebrew, unicode.Arabic, unicode.Armenian, unicode.Georgian)
}

// holds reports whether a value beside a label is what a person would take for the secret that the label names. It is
// the one place where that is decided, whatever layout has put the two together.
func (k labelKind) holds(value string, how evidence) bool {
	switch {
	case len(value) > maxValue || isPlaceholder(value) || isPublished(value):
		return false
	case k == codeLabel:
		return how >= near && secretform.IsDoorCode(value)
	case (k == passwordLabel || k == loginLabel) && how > near:
		return secretform.IsRandom(value) || secretform.IsChosen(value, how == assigned)
	case k == passwordLabel:
		return secretform.IsRandom(value) || secretform.IsStrong(value)
	}
	return secretform.IsRandom(value)
}
