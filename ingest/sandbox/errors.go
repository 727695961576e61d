package sandbox

import (
	"net/http"
)

// apiError is an answer that refuses a call: a status with one or more errors.
type apiError struct {
	status int
	Errors []fault
}

// fault is one of the errors of an error list.
type fault struct {
	Code    string  `json:"code"`
	Message string  `json:"message"`
	Field   *string `json:"field"`
}

func fail(status int, code, message string) *apiError {
	return &apiError{status, []fault{{Code: code, Message: message}}}
}

func (e *apiError) at(field string) *apiError {
	e.Errors[0].Field = &field
	return e
}

func notFound(what string) *apiError {
	return fail(http.StatusNotFound, "not_found", what+" not found")
}

func unprocessable(code, field, message string) *apiError {
	return fail(http.StatusUnprocessableEntity, code, message).at(field)
}

// unknownAudience returns a 404 that is about a field of the request and not about its path.
func unknownAudience() *apiError {
	return fail(http.StatusNotFound, "parameter_invalid", "Audience not found").at("audience_ids")
}
