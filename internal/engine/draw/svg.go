package draw

import (
	"bytes"
	"fmt"
	"html"
	"slices"
)

// SVG draws a machine; path may be nil. An error is of the definition.
func SVG(name string, definition []byte, path *Path) ([]byte, error) {
	g, err := parse(definition)
	if err != nil {
		return nil, err
	}
	p := &picture{g: g, taken: map[edge]bool{}, entered: map[string]bool{}}
	if path != nil {
		p.follow(path)
	}
	p.frame(name, path)
	for _, e := range g.edges {
		if !p.took(e) {
			p.edge(e)
		}
	}
	for _, e := range g.edges { // what was taken lies on top
		if p.took(e) {
			p.edge(e)
		}
	}
	p.startMark()
	for _, n := range g.nodes {
		p.box(n)
	}
	p.b.WriteString("</svg>\n")
	return p.b.Bytes(), nil
}

// picture is a drawing in the making.
type picture struct {
	g       *graph
	b       bytes.Buffer
	taken   map[edge]bool // from, to
	entered map[string]bool
	now     string
}

func (p *picture) follow(path *Path) {
	for i, s := range path.States {
		p.entered[s] = true
		if i > 0 {
			p.taken[edge{from: path.States[i-1], to: s}] = true
		}
	}
	if n := len(path.States); n > 0 && !path.Ended {
		p.now = path.States[n-1]
	}
}

func (p *picture) took(e edge) bool { return p.taken[edge{from: e.from, to: e.to}] }

const style = `text{font-family:sans-serif;fill:#1b1f24}.n{font-size:13px}.s{font-size:10px;fill:#8a1c1c}.h{font-size:15px;font-weight:bold}
.b{fill:#eaf1fb;stroke:#3b6ea8}.w{fill:#fff4d6;stroke:#a67c00}.c{fill:#f0eaf8;stroke:#6f4aa8}.p{fill:#f2f3f5;stroke:#6b7280}.e{fill:#e4f5e6;stroke:#2f7d3a}
.l{fill:none;stroke:#8b949e;stroke-width:1.2}.x{stroke:#b42318;stroke-dasharray:5 3}.t{stroke:#c2410c;stroke-width:2.4}.v{stroke-width:2.4}.now{stroke:#c2410c;stroke-width:4}`

func (p *picture) frame(name string, path *Path) {
	width, height := 0.0, 0.0
	for _, n := range p.g.nodes {
		width, height = max(width, n.x+boxWidth+columnGap), max(height, n.y+boxHeight+margin)
	}
	title := "State machine " + name
	if path != nil {
		title += ", execution " + path.Execution
	}
	desc := p.g.comment
	if p.now != "" {
		desc += " It stands at " + p.now + "."
	}
	fmt.Fprintf(&p.b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" height="%.0f" role="img" aria-labelledby="t d">`+"\n", width, height, width, height)
	fmt.Fprintf(&p.b, "<title id=\"t\">%s</title>\n<desc id=\"d\">%s</desc>\n<style>%s</style>\n", html.EscapeString(title), html.EscapeString(desc), style)
	p.b.WriteString(`<defs>`)
	for _, m := range []struct{ id, fill string }{{"a", "#8b949e"}, {"ax", "#b42318"}, {"at", "#c2410c"}} {
		fmt.Fprintf(&p.b, `<marker id="%s" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0 8 4 0 8z" fill="%s"/></marker>`, m.id, m.fill)
	}
	fmt.Fprintf(&p.b, "</defs>\n<rect width=\"100%%\" height=\"100%%\" fill=\"#fff\"/>\n")
}

// edge draws a transition: to the right as a curve, back as a line above the
// columns that every edge to the same state shares.
func (p *picture) edge(e edge) {
	from, to := p.g.node(e.from), p.g.node(e.to)
	if from == nil || to == nil {
		return
	}
	class, marker := "l", "a"
	if e.onError {
		class, marker = "l x", "ax"
	}
	if p.took(e) {
		class, marker = class+" t", "at"
	}
	x1, y1, y2 := from.x+boxWidth, from.y+boxHeight/2, to.y+boxHeight/2
	d := fmt.Sprintf("M%.0f %.0f C%.0f %.0f %.0f %.0f %.0f %.0f", x1, y1, x1+columnGap/2, y1, to.x-columnGap/2, y2, to.x, y2)
	if p.g.back(e) {
		lane := slices.Index(p.g.lanes, e.to)
		turn, above := x1+24+float64(lane)*10, float64(margin+laneGap*(lane+1))
		into := to.x + boxWidth/2 + float64(lane)*10
		d = fmt.Sprintf("M%.0f %.0f H%.0f V%.0f H%.0f V%.0f", x1, y1, turn, above, into, to.y)
	}
	fmt.Fprintf(&p.b, `<path class="%s" d="%s" marker-end="url(#%s)"><title>%s to %s</title></path>`+"\n", class, d, marker, html.EscapeString(e.from), html.EscapeString(e.to))
}

func (p *picture) startMark() {
	n := p.g.node(p.g.start)
	y := n.y + boxHeight/2
	fmt.Fprintf(&p.b, `<circle cx="%.0f" cy="%.0f" r="6" fill="#1b1f24"/><path class="l" d="M%.0f %.0f H%.0f" marker-end="url(#a)"/>`+"\n", n.x-26, y, n.x-20, y, n.x)
}

var classes = map[string]string{"Task": "b", "Wait": "w", "Choice": "c", "Pass": "p", "Succeed": "e"}

func (p *picture) box(n *node) {
	class := classes[n.kind]
	if class == "" {
		class = "p"
	}
	if p.entered[n.name] {
		class += " v"
	}
	if p.now == n.name {
		class += " now"
	}
	round := 6
	if n.kind == "Choice" || n.kind == "Succeed" {
		round = 20
	}
	fmt.Fprintf(&p.b, `<g><title>%s (%s)</title><rect class="%s" x="%.0f" y="%.0f" width="%d" height="%d" rx="%d"/>`, html.EscapeString(n.name), n.kind, class, n.x, n.y, boxWidth, boxHeight, round)
	if n.ends { // a second border, as an end is drawn
		fmt.Fprintf(&p.b, `<rect x="%.0f" y="%.0f" width="%d" height="%d" rx="%d" fill="none" stroke="#2f7d3a"/>`, n.x+3, n.y+3, boxWidth-6, boxHeight-6, max(2, round-3))
	}
	y := n.y + boxHeight/2 + 5
	if len(n.caught) > 0 {
		y = n.y + 17
	}
	fmt.Fprintf(&p.b, `<text class="n" x="%.0f" y="%.0f" text-anchor="middle">%s</text>`, n.x+boxWidth/2, y, html.EscapeString(n.name))
	for i, c := range n.caught {
		fmt.Fprintf(&p.b, `<text class="s" x="%.0f" y="%.0f" text-anchor="middle">%s</text>`, n.x+boxWidth/2, n.y+32+float64(i)*11, html.EscapeString(c))
	}
	p.b.WriteString("</g>\n")
}
