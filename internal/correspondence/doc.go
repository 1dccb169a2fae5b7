// Package correspondence says what an inbound message is and whose it is
// (design §10). It reads bytes and answers; it stores nothing.
//
// Parse reads the raw mail. It never fails: what is broken or beyond Limits is
// left out and named in Message.Faults.
//
// Classify says what it is, by the rules in rules/*.json: phrases of headers,
// senders, subjects and texts, each with a sign that classify.go, answer.go and
// bounce.go weigh. A verdict names the rule and the phrase that decided. A
// dialect of bounces or an addressee's wording is a line of data, not code.
//
// Matcher says whose it is, with the evidence; VerifySender and ReadResults say
// whether its sender is who it says.
//
// Addresses signs the reply address of a dispatch and tells a signed one from a
// forged one.
package correspondence
