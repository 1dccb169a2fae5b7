// Package correspondence says what an inbound message is and whose it is
// (design §10). It reads bytes and answers; it stores nothing.
//
// Parse reads the raw mail. It never fails: what is broken or beyond Limits is
// left out and named in Message.Faults.
//
// Addresses signs the reply address of a dispatch and tells a signed one from a
// forged one.
package correspondence
