package law

import (
	"time"

	"github.com/ontdox/takedown/internal/calendar"
)

// Instrument is a document that the program can draft (T1 to T14): what it is
// called and how long its text stays true.
type Instrument struct {
	Record
	Title Text `json:"title"`
	// KeepsDays is how many days a text may wait before it is sent: it names days
	// on which we looked and a day we ask an answer for.
	KeepsDays int `json:"keepsDays"`
}

// SendBy is the last moment at which a text that is drafted then may leave: the
// end of its last day in Amsterdam, UTC. Past it, it is drafted again (design
// §6). NotFound for an instrument that the data do not hold on that day.
func (d *Data) SendBy(instrument string, draftedAt time.Time) (time.Time, error) {
	i, err := find(d.instruments, "instrument", instrument, draftedAt)
	if err != nil {
		return time.Time{}, err
	}
	at := draftedAt.In(calendar.Amsterdam)
	return time.Date(at.Year(), at.Month(), at.Day()+i.KeepsDays, 23, 59, 59, 0, at.Location()).UTC(), nil
}

func (d *Data) checkInstruments(f *faults) {
	for _, i := range d.instruments {
		if i.KeepsDays < 1 {
			f.add("instruments", i.ID, "its text keeps for a number of days")
		}
	}
	for _, g := range d.gates {
		for _, id := range g.Instruments {
			covers(f, "gates", g.Record, "instrument", id, d.instruments, g.ValidFrom)
		}
	}
}
