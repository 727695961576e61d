// Readies a field for what is typed next, and returns true; a box or a list is set
// at once.
(fields, form, name, value) => {
	const field = fields.find(form, name);
	if (field.type === "checkbox" || field.type === "radio") {
		if (!field.checked) field.click();
		return false;
	}
	if (field.tagName === "SELECT") {
		field.value = value;
		field.dispatchEvent(new Event("input", { bubbles: true }));
		field.dispatchEvent(new Event("change", { bubbles: true }));
		return false;
	}
	field.focus();
	field.select();
	return true;
}
