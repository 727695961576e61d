// What a page that may ask to log in looks like.
() => {
	const seen = (e) => e.getClientRects().length > 0 && getComputedStyle(e).visibility !== "hidden";
	const message = [...document.querySelectorAll("[role=alert], [aria-live=assertive], .error, .alert, .alert-danger, .error-message, .invalid-feedback")]
		.find((e) => seen(e) && e.innerText.trim() !== "");
	return {
		url: location.href,
		title: document.title,
		password: [...document.querySelectorAll("input[type=password i]")].some(seen),
		message: message ? message.innerText.trim().replace(/\s+/g, " ").slice(0, 300) : "",
	};
}
