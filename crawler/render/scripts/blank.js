// Whether the page shows no text yet.
() => !document.body || document.body.innerText.trim() === ""
