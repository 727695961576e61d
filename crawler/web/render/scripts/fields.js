// Finds the fields of a form as a person would who was told their names.
(() => {
	const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden" && !e.disabled;
	const all = (form) => {
		const roots = form ? [...document.querySelectorAll(form)] : [document];
		return roots.flatMap((root) => [...root.querySelectorAll("input, select, textarea")]).filter((e) => seen(e) && e.type !== "hidden");
	};
	const labels = (e) => [e.name, e.id, e.autocomplete, e.getAttribute("aria-label"), e.placeholder, ...[...(e.labels ?? [])].map((l) => l.innerText)]
		.filter((text) => text).map((text) => text.trim().toLowerCase());
	const isText = (e) => ["text", "email", "tel"].includes(e.type);
	const find = (form, name) => {
		const fields = all(form);
		const wanted = name.toLowerCase();
		return fields.find((e) => e.name === name) ?? fields.find((e) => e.id === name) ?? fields.find((e) => labels(e).includes(wanted)) ??
			(/pass|pwd|secret|kennwort/.test(wanted) ? fields.find((e) => e.type === "password") :
				/user|mail|login|account|name/.test(wanted) ? fields.find(isText) : undefined);
	};
	const missing = (form, names) => ({
		missing: names.filter((name) => !find(form, name)),
		has: all(form).map((e) => e.name || e.id || e.placeholder || e.type),
		loaded: document.readyState === "complete",
	});
	return { find, missing, seen };
})()
