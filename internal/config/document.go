package config

// document is a kind of file that may be read as a page.
func (d *decoder) document(to *string) value {
	return d.oneOf(to, "pdf", "docx", "xlsx", "pptx", "odt", "epub", "markdown", "text", "csv")
}
