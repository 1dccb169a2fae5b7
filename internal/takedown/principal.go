package takedown

import "slices"

// Role is what a principal may do; a principal may hold several.
type Role string

// The roles of design §2.
const (
	Reporter     Role = "reporter"
	Specialist   Role = "specialist"
	LegalAdviser Role = "legal_adviser"
	Coordinator  Role = "coordinator"
	Liaison      Role = "liaison" // our own staff member who deals with the police
	Auditor      Role = "auditor"
	System       Role = "system"
)

// Roles lists the roles a token may carry; System is the program itself.
func Roles() []Role {
	return []Role{Reporter, Specialist, LegalAdviser, Coordinator, Liaison, Auditor}
}

// Principal is who acts. ID is the person (the token's name, in the cloud the
// subject): two tokens of one name are one person for every "not the editor"
// rule.
type Principal struct {
	ID    string
	Roles []Role
}

// Has reports whether the principal holds one of the roles.
func (p Principal) Has(roles ...Role) bool {
	for _, r := range roles {
		if slices.Contains(p.Roles, r) {
			return true
		}
	}
	return false
}

// As is the first of the wanted roles that the principal holds: the role that
// stands in the entry.
func (p Principal) As(wanted ...Role) Role {
	for _, r := range wanted {
		if slices.Contains(p.Roles, r) {
			return r
		}
	}
	if len(p.Roles) > 0 {
		return p.Roles[0]
	}
	return ""
}

// TheSystem is the program acting by itself: deadlines, planning, sending.
var TheSystem = Principal{ID: "system", Roles: []Role{System}}
