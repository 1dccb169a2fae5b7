package correspondence

import "testing"

func TestTheActionWeighsBeforeTheStatusClass(t *testing.T) {
	for d, want := range map[DeliveryStatus]Permanence{
		{Action: "failed", Status: "5.1.1"}:    Permanent,
		{Action: "failed", Status: "4.4.7"}:    Temporary,
		{Action: "expired", Status: "4.4.7"}:   Temporary,
		{Action: "delayed", Status: "4.4.1"}:   Delayed,
		{Action: "delayed", Status: "5.0.0"}:   Delayed,
		{Action: "delivered", Status: "2.0.0"}: Delivered,
		{Action: "relayed"}:                    Delivered,
		{Action: "expanded"}:                   Delivered,
		{Status: "2.1.5"}:                      Delivered,
		{Action: "failed"}:                     Unknown,
		{Action: "failed", Status: "550"}:      Unknown,
		{Action: "failed", Status: "9.1.1"}:    Unknown,
		{}:                                     Unknown,
	} {
		if got := d.Permanence(); got != want {
			t.Errorf("%+v: %s, want %s", d, got, want)
		}
	}
}
