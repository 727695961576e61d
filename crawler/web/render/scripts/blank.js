// Whether the page shows no text yet, or says itself that there is more to come.
() => {
  const text = document.body ? document.body.innerText.trim() : ""
  return text === "" || document.querySelector('[aria-busy="true"]') !== null ||
    text.split("\n").some(line => /^(loading|please wait|wird geladen|bitte warten|chargement|cargando|laden)[\s.…]*$/i.test(line.trim()))
}
