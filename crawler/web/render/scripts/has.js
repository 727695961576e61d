// Whether something on the page, seen or not, matches the selector.
(selector) => document.querySelector(selector) !== null
