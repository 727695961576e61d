package render

import "os"

// environment returns the environment of the browser: the variables that it needs, by name. The others may
// contain tokens and passwords. The browser writes only to folder, which is removed with it.
func environment(folder string) []string {
	list := []string{"HOME=" + folder, "TMPDIR=" + folder, "XDG_CONFIG_HOME=" + folder, "XDG_CACHE_HOME=" + folder}
	for _, name := range []string{
		"PATH", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "TZ",
		"FONTCONFIG_FILE", "FONTCONFIG_PATH", "LD_LIBRARY_PATH",
		"SystemRoot", "SystemDrive", "windir", "ProgramFiles", "ProgramData", // Windows starts no program without them
	} {
		if value, ok := os.LookupEnv(name); ok {
			list = append(list, name+"="+value)
		}
	}
	if os.PathSeparator == '\\' {
		list = append(list, "TEMP="+folder, "TMP="+folder, "USERPROFILE="+folder, "LOCALAPPDATA="+folder, "APPDATA="+folder)
	}
	return list
}
