// Presses the button that sends the fields.
(fields, form, names, submit) => {
	const last = names.length > 0 ? fields.find(form, names[names.length - 1]) : null;
	const around = last?.form ?? (form ? document.querySelector(form) : null) ?? document;
	const buttons = submit ? [...document.querySelectorAll(submit)] :
		[...around.querySelectorAll("button, input[type=submit], [role=button]")].filter((b) => b.type !== "button" && b.type !== "reset");
	const button = buttons.find(fields.seen) ??
		[...around.querySelectorAll("button, [role=button]")].find((b) => fields.seen(b) && /log ?in|sign ?in|continue|next|anmelden|weiter/i.test(b.innerText));
	if (button) button.click();
	else if (last?.form) last.form.requestSubmit();
	else throw new Error("no button");
	return true;
}
