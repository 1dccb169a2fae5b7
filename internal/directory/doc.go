// Package directory holds what the contact register rests on: the canonical
// form of a location on the web and which host belongs to which addressee.
// It fetches nothing.
package directory
