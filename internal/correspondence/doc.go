// Package correspondence says what an inbound message is and whose it is
// (design §10). It reads bytes and answers; it stores nothing.
//
// Addresses signs the reply address of a dispatch and tells a signed one from a
// forged one.
package correspondence
