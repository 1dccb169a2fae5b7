package directory

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"path"

	"github.com/ontdox/takedown/internal/takedown"
)

//go:embed seed/*.json
var seedFiles embed.FS

// Seed gives the addressees that the program knows of, in the form of an export
// of the register: the large platforms and search engines, hosters, and the
// Dutch routes, each fact with where it was read, when, and how far it was
// checked. None counts as verified: a person holds each against its source
// before it is used.
func Seed() (Export, error) {
	out := Export{Format: ExportFormat, Contacts: []json.RawMessage{}}
	for _, name := range []string{"platforms", "hosters", "routes"} {
		file := path.Join("seed", name+".json")
		body, err := seedFiles.ReadFile(file)
		if err != nil {
			return out, err
		}
		var part Export
		if err := json.Unmarshal(body, &part); err != nil {
			return out, fmt.Errorf("%s: %w", file, err)
		}
		out.Contacts = append(out.Contacts, part.Contacts...)
	}
	return out, nil
}

// ExportFormat names the form of an exported register.
const ExportFormat = "takedown-contacts/1"

// Export is a register as a file: each contact as the API shows it, without what
// was observed of it, with its id and the version that the file was made from.
type Export struct {
	Format   string            `json:"format"`
	Contacts []json.RawMessage `json:"contacts"`
}

// ReadExport reads an exported register; Invalid if it is none.
func ReadExport(body []byte) (Export, error) {
	var e Export
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(&e); err != nil || e.Format != ExportFormat {
		return Export{}, &takedown.Error{
			Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Err: err,
			Message: "this is no exported register: an object with format " + ExportFormat + " and contacts",
		}
	}
	return e, nil
}
