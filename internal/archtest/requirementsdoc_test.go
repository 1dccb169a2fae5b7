package archtest

import (
	"fmt"
	"strings"
)

const requirementsHead = `# Requirements

<!-- Written by ` + "`go test ./internal/archtest -update`" + ` from requirements.json, requirements-waiting.json and the marks ` + "`// Requirement: ID`" + ` above tests. A test compares. -->

Every row of the requirements table (domain.md §7) with the test that shows it, or the reason why it waits. *Done*: the tests
named show what the row asks of the software. *Partly*: they show what stands; the text says what is missing. *Waits*: nothing
of it is shown. Rows outside the workflow want a hook, a link, a reminder or a flag only.

`

// requirementsTable renders the document.
func requirementsTable(rows []requirement, by annotated, waits map[string]waiting) string {
	var inside, outside strings.Builder
	count := map[string]int{}
	for _, r := range rows {
		state := stateOf(r, by, waits)
		line := fmt.Sprintf("| %s | %s | %s | %s |\n", r.ID, r.Title, state, told(waits[r.ID], by[r.ID]))
		if r.in() {
			count[state]++
			inside.WriteString(line)
		} else {
			count["hook "+state]++
			outside.WriteString(line)
		}
	}
	const head = "| id | requirement | state | shown by, or why not |\n| --- | --- | --- | --- |\n"
	return requirementsHead +
		fmt.Sprintf("In the workflow: %d done, %d partly, %d wait.\n\n", count["done"], count["partly"], count["waits"]) + head + inside.String() +
		fmt.Sprintf("\n## Outside the workflow\n\n%d have their hook, %d have it partly, %d have none.\n\n", count["hook done"], count["hook partly"], count["hook waits"]+count["hook none"]) + head + outside.String()
}

func stateOf(r requirement, by annotated, waits map[string]waiting) string {
	w, listed := waits[r.ID]
	switch {
	case listed && w.Stands != "":
		return "partly"
	case listed:
		return "waits"
	case len(by[r.ID]) > 0:
		return "done"
	}
	return "none"
}

// told is the last column: the tests as links, then what stands and what waits.
func told(w waiting, tests []shown) string {
	var parts []string
	for _, s := range tests {
		parts = append(parts, fmt.Sprintf("[%s](../%s)", s.name, s.path))
	}
	said := strings.Join(parts, ", ")
	if said != "" && w.Stands != "" {
		said += ":"
	}
	said = strings.Join(strings.Fields(said+" "+w.Stands+" "+w.Reason), " ")
	return strings.ReplaceAll(said, "|", `\|`)
}
