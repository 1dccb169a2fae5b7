package correspondence

import "regexp"

// notTheirs is what stands where a ticket's number might and is none: a reference
// of ours, TD-YEAR-LETTERS, or a day.
var notTheirs = regexp.MustCompile(`^(?i:TD-20[0-9]{2}-[0-9A-Z]{6,16}|[0-9]{1,2}-[0-9]{1,2}-(?:20)?[0-9]{2}|20[0-9]{2}-[0-9]{1,2}-[0-9]{1,2}(?:T[0-9]+)?)$`)

// maxTickets bounds how many numbers of one text are looked at.
const maxTickets = 50

// ticket is the number the sender's own system gives our message.
func (b *book) ticket(r *reading) string {
	for _, re := range b.tickets {
		for _, text := range []string{r.m.Subject, ownStart(r)} {
			group := re.SubexpIndex("t")
			for _, at := range re.FindAllStringSubmatchIndex(text, maxTickets) {
				from, to := at[2*group], at[2*group+1]
				if got := text[from:to]; !notTheirs.MatchString(got) && !aDay(text[to:]) {
					return got
				}
			}
		}
	}
	return ""
}

// aDay says of what follows a number that a day goes on: 2026/03/03.
func aDay(rest string) bool {
	return len(rest) > 1 && (rest[0] == '/' || rest[0] == '.') && rest[1] >= '0' && rest[1] <= '9'
}
