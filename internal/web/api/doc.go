// Package api is the HTTP API of takedown: it renders the use cases of
// casework and nothing else. No rule of law or access lives here.
package api
