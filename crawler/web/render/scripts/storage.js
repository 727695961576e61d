// What the page's origin has stored; it throws where that is more than a megabyte,
// or not to be had.
() => {
	const local = { ...localStorage };
	const session = { ...sessionStorage };
	if (JSON.stringify([local, session]).length > 1 << 20) throw new Error("too much");
	return { origin: location.origin, local, session };
}
