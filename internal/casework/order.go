package casework

import (
	"cmp"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// inOrder compares two nouns of one kind as a person lists them: items by
// their number, the rest by when they came about, and by id where that is the
// same. Ids are random: by them alone, two readings of one story would differ.
func inOrder[P noun](a, b P) int {
	x, y := standingOf(a), standingOf(b)
	return cmp.Or(cmp.Compare(x.no, y.no), x.at.Compare(y.at), cmp.Compare(x.code, y.code), cmp.Compare(a.Head().ID, b.Head().ID))
}

// standing is where a noun stands in a list.
type standing struct {
	no   int
	at   time.Time
	code string
}

func standingOf(n noun) standing {
	switch n := n.(type) {
	case *takedown.Item:
		return standing{no: n.No}
	case *takedown.Track:
		return standing{at: n.StartedAt, code: n.Route}
	case *takedown.Document:
		return standing{at: n.DraftedAt, code: n.Instrument}
	case *takedown.Clock:
		return standing{at: n.Start, code: n.Rule}
	case *takedown.Task:
		return standing{at: n.CreatedAt, code: n.Kind}
	case *takedown.Evidence:
		return standing{at: n.CapturedAt}
	}
	return standing{}
}
