package law

import "time"

// Employer is what depends on the kind of the organisation that uses the
// program (setting organisation.kind). Whatever its kind, it acts as the
// employer or injured party, never as an authority (domain.md §2).
type Employer struct {
	Record
	Title Text `json:"title"`
	// Role is what the sender is to the person in a text: "employer", or "" for
	// a neutral word.
	Role string `json:"role,omitempty"`
	// PublicBody says that it could be taken for an authority: its letters say
	// that they are no order.
	PublicBody bool `json:"publicBody"`
	// PublicTask says that who works there has a public task (police, care,
	// municipality, school: sources S0 to S4); of others no text says so by itself.
	PublicTask bool `json:"publicTask,omitempty"`
	// FreezeThrough says who may ask the police for a freeze (route R6): through
	// the "own_desk" of the unit, or by asking the "handling_officer" of the
	// report.
	FreezeThrough string `json:"freezeThrough"`
}

// OwnDesk is the FreezeThrough of who has an interceptiedesk of its own.
const OwnDesk = "own_desk"

// Employer gives what depends on a kind of employer on a day. NotFound for a
// kind that the data do not hold.
func (d *Data) Employer(kind string, on time.Time) (Employer, error) {
	return find(d.employers, "kind of employer", kind, on)
}

func (d *Data) checkEmployers(f *faults) {
	for _, e := range d.employers {
		f.known("employers", e.ID, "role", e.Role, "", "employer")
		f.known("employers", e.ID, "freezeThrough", e.FreezeThrough, OwnDesk, "handling_officer")
	}
}
