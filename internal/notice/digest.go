package notice

import "time"

// digest is the template of the mail to the organisation's own people.
const digest = "digest"

// Digest is what waits for one person, in ids and counts alone: there is no
// field for anything else.
type Digest struct {
	Day    time.Time
	Tasks  int
	Urgent int
	More   bool // not everything was counted
	Groups []DigestGroup
}

// DigestGroup is the tasks of one kind, by the worklist's code.
type DigestGroup struct {
	Kind   string
	Tasks  int
	Urgent int
	IDs    []string // of the first ones
	Left   int      // how many more there are than ids
}

// WriteDigest gives the mail's subject and plain text in a language, nl or en.
func WriteDigest(language string, d Digest) (subject, text string, err error) {
	set, err := load(language)
	if err != nil {
		return "", "", err
	}
	if subject, err = set.render(digest, "subject", d); err != nil {
		return "", "", err
	}
	text, err = set.render(digest, "text", d)
	return subject, text, err
}
