package screen

import "strings"

// commands are programs that take a password on their command line, by the form in which they do. What is marked V is
// the password; UV is a user's name and the password behind a colon.
func commands() []command {
	return []command{
		{"curl|wget|http|https|aria2c", `(?:-u|--user|-U|--proxy-user|-a|--auth)[ =]?UV`},
		{"mysql|mysqldump|mysqladmin|mysqlimport|mysqlshow|mariadb|mariadb-dump|mariadb-admin|mytop|innobackupex|xtrabackup", `-pV`},
		{"sshpass|7z|7za|rar|unrar", `-p ?V`},
		{"docker|podman|helm|nerdctl|skopeo|buildah|az|oc|crane|cf|sfdx|ibmcloud|mongo|mongosh|mongodump|mongorestore|vault|rdesktop|psexec|schtasks|esxcli|govc|pscp", `(?:-p|/p) +V`},
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
		{"openssl", `-pass(?:in|out)? +(?:pass:)V`},
		{"keytool", `-(?:store|key|src|dest)pass +V`},
		{"echo", `V["']?\s*\|\s*(?:sudo -S|passwd|docker login|gh auth|cryptsetup|base64)`},
		{"chpasswd|usermod|useradd", `-p +V`},
		{"git clone|git remote|git push|git pull|svn|hg clone", `https?://UV@`},
		{"lftp|ftp|ncftp|ncftpget", `-u +["']?[^\s,"']+,V`},
		{"rclone|restic|borg|duplicity|gpg|cryptsetup", `(?:--passphrase|--pass|--password) +V`},
		{"nmcli", `password +V`},
		{"wpa_passphrase", `(?:"[^"\n]+"|\S+) +V`},
	}
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
		rules = append(rules, rule("command-password", 0, endsWord, `(?i:`+alternatives+`)(?:\.exe)?[ \t](?:[^\n|;]*?[ \t])??`+options, names...).that(isPassword))
	}
	return rules
}
