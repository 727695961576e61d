package config

// document is one of the kinds of files that may become pages.
func (d *decoder) document(to *string) value {
	return d.oneOf(to, "pdf", "docx", "xlsx", "pptx", "odt", "epub", "markdown", "text", "csv")
}
