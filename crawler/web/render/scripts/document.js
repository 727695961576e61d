// The document as a reader sees it: what components keep in shadow trees stands
// where they show it, and what is only for readers without scripts is left out.
// Above limit (0 for none) only the size is returned.
(limit) => {
	const open = (node) => {
		for (const element of node.querySelectorAll("*")) {
			const shadow = element.shadowRoot;
			if (!shadow) continue;
			for (const slot of shadow.querySelectorAll("slot")) {
				const assigned = slot.assignedNodes({ flatten: true });
				if (assigned.length > 0) slot.replaceChildren(...assigned.map((n) => n.cloneNode(true)));
			}
			open(shadow);
			shadow.querySelectorAll("style").forEach((style) => style.remove());
			const shown = document.createElement("div");
			shown.append(...shadow.childNodes);
			element.replaceChildren(shown);
		}
	};
	if (!document.documentElement) return { url: location.href, html: "", size: 0 };
	document.querySelectorAll("noscript").forEach((n) => n.remove());
	open(document);
	const html = "<!DOCTYPE html>" + document.documentElement.outerHTML;
	return limit > 0 && html.length > limit ? { url: location.href, html: "", size: html.length } : { url: location.href, html, size: html.length };
}
