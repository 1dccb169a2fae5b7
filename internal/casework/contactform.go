package casework

import (
	"fmt"

	"github.com/ontdox/takedown/internal/takedown"
)

// fieldKinds are what a form's field takes; "" is told by its name.
var fieldKinds = []string{"", "email", "url", "reference", "ticket", "subject", "country", "phone", "account", "statement", "name", "ground", "explanation", "choice"}

// form finds every bad field of a web form's description.
func (b *bad) form(form *takedown.Form) {
	b.location("/form/url", form.URL)
	b.line("/form/source", form.Source, 300)
	if form.MaxItems < 0 || form.MaxItems > maxTrackItems {
		b.add("/form/maxItems", "1 to %d; left out, it is %d", maxTrackItems, maxTrackItems)
	}
	names := map[string]bool{}
	for n, f := range form.Fields {
		at := fmt.Sprintf("/form/fields/%d", n)
		b.line(at+"/name", f.Name, 80)
		if f.Limit < 0 || f.Name == "" {
			b.add(at, "needs a name, and a limit that is not negative")
		}
		if names[f.Name] {
			b.add(at+"/name", "stands there twice")
		}
		names[f.Name] = true
		b.oneOf(at+"/kind", f.Kind, fieldKinds)
		b.line(at+"/value", f.Value, 200)
		if (f.Kind == "choice") != (f.Value != "") {
			b.add(at+"/value", "a choice says which option to pick, and nothing else does")
		}
	}
}
