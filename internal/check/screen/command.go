package screen

import (
	"encoding/base64"
	"strings"

	"github.com/fincrawl/fincrawl/internal/check/screen/keyword"
)

// commands are programs that take a password on their command line, by the form in which they do. What is marked V is
// the password; UV is a user's name and the password behind a colon.
func commands() []command {
	return []command{
		{"curl|wget|http|https|aria2c", `(?:-u|--user|-U|--proxy-user|-a|--auth)[ =]?UV`},
		{"mysql|mysqldump|mysqladmin|mysqlimport|mysqlshow|mariadb|mariadb-dump|mariadb-admin|mytop|innobackupex|xtrabackup", `-pV`},
		{"sshpass|7z|7za|rar|unrar", `-p ?V`},
		{"docker|podman|helm|nerdctl|skopeo|buildah|az|oc|crane|cf|sfdx|ibmcloud|mongo|mongosh|mongodump|mongorestore|vault|rdesktop|psexec|schtasks|esxcli|govc|pscp", `(?:-p|/r?p) +V`},
		{"plink|pscp|psftp|putty", `-pw +V`},
		{"net use", `\\\\\S+ +(?:/user:\S+ +)?V`},
		{"net user", `\S+ +V(?:\s|$)`},
		{"xfreerdp|wfreerdp|cmdkey|mstsc|schtasks|wmic|psexec", `/(?:p|pass|password|rp):V`},
		{"smbclient|rpcclient|smbmap|winexe|mount.cifs", `(?:-U|--user)[ =]?["']?[^\s%"']{1,60}%V`},
		{"ldapsearch|ldapmodify|ldapadd|ldappasswd|ldapwhoami|ldapdelete", `-w ?V`},
		{"redis-cli", `-a +V`},
		{"sqlcmd|bcp|osql|unzip|zip", `-P ?V`},
		{"ipmitool|snmpwalk|snmpget|snmpset|snmpbulkwalk", `(?:-P|-c|-A|-X) +V`},
		{"sqlplus|sqlldr|impdp|expdp|rman|exp|imp", `["']?[A-Za-z_]\w{1,30}/V(?:@|\s|$)`},
		{"htpasswd", `-[a-zA-Z]*b[a-zA-Z]* +\S+ +\S+ +V`},
		{"openssl enc", `-k +V`},
		{"openssl", `-pass(?:in|out)? +(?:pass:)V`},
		{"keytool", `-(?:store|key|src|dest)pass +V`},
		{"echo", `V["']?\s*\|\s*(?:sudo -S|passwd|docker login|gh auth|cryptsetup|base64)`},
		{"echo|printf", `UV["']?\s*\|\s*(?:sudo +)?chpasswd`},
		{"passwd|chpasswd|sudo -S|cryptsetup|kinit|docker login", `<<-?\s?["']?\w{1,12}["']?[ \t]*\n[ \t]*(?:[a-z_][\w.-]{0,30}:)?V|<<<\s?V`},
		{"chpasswd|usermod|useradd", `-p +V`},
		{"git clone|git remote|git push|git pull|svn|hg clone", `https?://UV@`},
		{"lftp|ftp|ncftp|ncftpget", `-u +["']?[^\s,"']+,V`},
		{"rclone|restic|borg|duplicity|gpg|cryptsetup", `(?:--passphrase|--pass|--password) +V`},
		{"nmcli", `password +V`},
		{"gh secret set|glab variable set", `(?:--body|-b|--value) ?=?V`},
		{"aws secretsmanager", `--secret-string[ =]V`},
		{"az keyvault secret set", `--value[ =]V`},
		{"kubectl create secret|oc create secret", `--from-literal[ =][\w.-]+=V`},
		{"wpa_passphrase", `(?:"[^"\n]+"|\S+) +V`},
	}
}

// callRules are the rules on passwords that stand in a call at a place of their own.
func callRules() []credentialRule {
	const (
		name  = `(?:["'][^"'\n]{0,80}["']|[$@]?[A-Za-z_][\w.]{0,40})`
		value = `["']([^\s"'<>]{6,})["']`
	)
	return []credentialRule{
		rule("call-password", 0, nil, `(?i)(?:mysqli|mysqli_connect|mysql_connect|pdo|getconnection|dbi->connect|ldap_bind|ftp_login)\(\s{0,8}`+name+`\s{0,4},\s{0,4}`+name+`\s{0,4},\s{0,4}`+value,
			"mysqli(", "mysqli_connect(", "mysql_connect(", "pdo(", "getconnection(", "dbi->connect(", "ldap_bind(", "ftp_login(").that(isPassword),
		rule("call-password", 0, nil, `(?i)(?:\.login|simple_bind_s|basicauth|networkcredential|pscredential|usernamepasswordcredentials)\(\s{0,8}`+name+`\s{0,4},\s{0,4}`+value,
			".login(", "simple_bind_s(", "basicauth(", "networkcredential(", "pscredential(", "usernamepasswordcredentials(").that(isPassword),
		rule("call-password", 0, nil, `(?i)ConvertTo-SecureString\s+(?:-String\s+)?`+value, "convertto-securestring").that(isPassword),
		rule("command-password", 0, nil, `(?:-u|--user|--username)[ =]\S{1,60}[ \t](?:[^\n|;]{0,80}?[ \t])??(?:-p|-P|-w|--pass)[ =]["']?([^\s"'<>|-][^\s"'<>|]{5,})`, "-u ", "--user").that(isPassword),
		rule("call-password", 0, nil, `(?i)auth\s?=\s?\(\s{0,8}`+name+`\s{0,4},\s{0,4}`+value, "auth=(", "auth = (").that(isPassword),
		rule(connection, 0, nil, `(?i)jdbc:oracle:[a-z]{2,6}:["']?\w[\w$.-]{0,40}/["']?([^\s@/"'<>]{4,80})["']?@`, "jdbc:oracle:").that(isPassword),
		// A line of PostgreSQL's .pgpass, and one of the secrets of PPP.
		newRule(connection, 0, `(?m)^[\w.*-]{1,80}:(?:\d{2,5}|\*):[^:\s]{1,60}:[^:\s]{1,60}:(\S{6,80})$`, ":5432:", ":*:", ":6432:", ":5433:").that(isPassword),
		newRule(connection, 0, `(?m)^["']?[\w.@\\-]{1,60}["']?[ \t]+["']?\*["']?[ \t]+["']?([^\s"']{6,80})["']?[ \t]+(?:\*|\d)`, `* "`, `"*"`, `* *`).that(isPassword),
		newRule(connection, 0, `\b[A-Za-z_][\w.-]{0,40}:([^\s@:"'/]{6,80})@(?:tcp|unix)\(`, "@tcp(", "@unix(").that(isPassword),
		rule("authorization-header", 0, keyword.EndsWord, `(?i:auth plain)\s{1,3}([A-Za-z0-9+/]{12,}={0,2})`, "auth plain").that(hasPlainLogin),
		rule("authorization-header", 3, keyword.EndsWord, `(?:GenieKey|OAuth)\s{1,3}([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b`, "geniekey", "oauth "),
	}
}

// hasPlainLogin reports whether a text in base64 is a login of SASL's mechanism PLAIN (RFC 4616).
func hasPlainLogin(encoded string) bool {
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(encoded, "="))
	parts := strings.Split(string(raw), "\x00")
	return err == nil && len(parts) == 3 && isPassword(parts[2])
}

// command is programs that take a password in the same form.
type command struct{ names, options string }

// commandRules are the rules on passwords in commands.
func commandRules() []credentialRule {
	const (
		value = `["'\x60]?([^\s"'\x60<>|]{6,})`
		pair  = `["'\x60]?(?:[^\s"'\x60:<>]*:([^\s"'\x60<>@]{6,})|([^\s"'\x60:<>]{10,}):["'\x60]?(?:\s|$))`
	)
	var rules []credentialRule
	for _, c := range commands() {
		options := strings.Replace(strings.Replace(c.options, "UV", pair, 1), "V", value, 1)
		var names []string
		for name := range strings.SplitSeq(c.names, "|") {
			names = append(names, name+" ", name+".exe ")
		}
		alternatives := strings.ReplaceAll(c.names, ".", `\.`)
		rules = append(rules, rule("command-password", 0, keyword.EndsWord, `(?i:`+alternatives+`)(?:\.exe)?[ \t](?:[^\n|;]*?[ \t])??`+options, names...).that(isPassword))
	}
	return rules
}
