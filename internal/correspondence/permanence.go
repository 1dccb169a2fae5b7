package correspondence

// Permanence says whether what a delivery report speaks of is over.
type Permanence string

// The answers. Delayed means the message may still arrive; Temporary that the
// server tried and gave up for a cause that can pass.
const (
	Permanent Permanence = "permanent"
	Temporary Permanence = "temporary"
	Delayed   Permanence = "delayed"
	Delivered Permanence = "delivered"
	Unknown   Permanence = "unknown"
)

// Permanence reads the action first (RFC 3464 §2.3.3), then the class of the
// enhanced status code (RFC 3463 §3.1). What says neither is Unknown.
func (d DeliveryStatus) Permanence() Permanence {
	switch d.Action {
	case "delayed":
		return Delayed
	case "delivered", "relayed", "expanded":
		return Delivered
	}
	if len(d.Status) < 2 || d.Status[1] != '.' {
		return Unknown
	}
	switch d.Status[0] {
	case '5':
		return Permanent
	case '4':
		return Temporary
	case '2':
		return Delivered
	}
	return Unknown
}
