package notice

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
)

// Sheet is what a PDF says about itself, and no more: title, author, subject
// and keywords are the reference and the organisation alone (letters.md §12).
type Sheet struct {
	Reference    string
	Organisation string
	DraftedAt    time.Time // stands as the file's date, so that it is the same each time
	Letter       *Letter   // of a document that leaves by post: what stands above it
}

// Letter is what a letter's first sheet shows above its text, which has the
// date: the sender, and the addressee where the window of an envelope is.
type Letter struct {
	Sender []string
	To     []string
}

// Measures of a page, in millimetres and points.
const (
	pageMargin   = 20.0
	lineHeight   = 5.2
	listIndent   = 6.0
	textSize     = 10.0
	headingSize  = 12.0
	titleSize    = 14.0
	footerSize   = 8.0
	footerHeight = 15.0
	fontName     = "DejaVu"
)

// PDF is a draft on paper: the same text as Text and HTML, byte for byte the
// same when rendered again. No Go library writes tagged PDF: who reads with a
// screen reader is given the HTML. Sealed annexes are never in it. The error is
// that of the writer (internal).
func PDF(d Draft, s Sheet) ([]byte, error) {
	p := newSheet(d, s)
	printHead(p, s.Letter)
	p.SetFont(fontName, "B", titleSize)
	p.MultiCell(0, 7, printable(d.Subject), "", "L", false)
	p.Ln(lineHeight)
	printBody(p, d.Text)
	for _, a := range d.Annexes {
		if !a.Sealed {
			p.AddPage()
			printBody(p, a.Text)
		}
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, broken(err)
	}
	return b.Bytes(), nil
}

// Where the addressee stands on a letter: in the window of a Dutch envelope, on
// the left.
const (
	windowTop    = 50.0
	windowBottom = 85.0
)

func printHead(p *fpdf.Fpdf, l *Letter) {
	if l == nil {
		return
	}
	p.SetFont(fontName, "", footerSize+1)
	for _, line := range l.Sender {
		p.MultiCell(0, lineHeight-1, printable(line), "", "L", false)
	}
	p.SetY(max(p.GetY()+lineHeight, windowTop))
	p.SetFont(fontName, "", textSize)
	for _, line := range l.To {
		p.MultiCell(0, lineHeight, printable(line), "", "L", false)
	}
	p.SetY(max(p.GetY()+lineHeight, windowBottom))
}

func newSheet(d Draft, s Sheet) *fpdf.Fpdf {
	p := fpdf.New("P", "mm", "A4", "")
	about := printable(s.Reference + ", " + s.Organisation)
	p.SetTitle(about, true)
	p.SetAuthor(printable(s.Organisation), true)
	p.SetSubject(about, true)
	p.SetKeywords(printable(s.Reference), true)
	p.SetProducer("takedown", true)
	p.SetCreator("takedown", true)
	p.SetLang(d.Language)
	p.SetCreationDate(s.DraftedAt.UTC())
	p.SetModificationDate(s.DraftedAt.UTC())
	p.SetCatalogSort(true)
	p.SetCompression(!longAnnex(d)) // a packer for each page of a thousand items would cost more than the letter
	p.AddUTF8FontFromBytes(fontName, "", dejavusans.TTF)
	p.AddUTF8FontFromBytes(fontName, "B", dejavusansbold.TTF)
	p.SetMargins(pageMargin, pageMargin, pageMargin)
	p.SetAutoPageBreak(true, pageMargin)
	p.SetFooterFunc(func() {
		p.SetY(-footerHeight)
		p.SetFont(fontName, "", footerSize)
		p.CellFormat(0, lineHeight, printable(s.Reference)+" | "+itoa(p.PageNo()), "", 0, "C", false, 0, "")
	})
	p.AddPage()
	return p
}

// longAnnex reports whether annex 1 is a file of its own.
func longAnnex(d Draft) bool {
	return slices.ContainsFunc(d.Annexes, func(a Annex) bool { return !a.Sealed })
}

// printBody prints headings, list items and paragraphs as HTML has them.
func printBody(p *fpdf.Fpdf, text string) {
	for line := range strings.Lines(strings.TrimSpace(clean(text))) {
		line = strings.TrimRight(line, "\n")
		switch mark := listMark(line); {
		case line == "":
			p.Ln(lineHeight / 2)
		case isHeading(line):
			p.SetFont(fontName, "B", headingSize)
			p.MultiCell(0, lineHeight+1, printable(line), "", "L", false)
		case mark != "":
			p.SetFont(fontName, "", textSize)
			p.CellFormat(listIndent, lineHeight, strings.Replace(mark, "-", "•", 1), "", 0, "L", false, 0, "")
			p.SetLeftMargin(pageMargin + listIndent)
			p.MultiCell(0, lineHeight, printable(strings.TrimPrefix(line, mark)), "", "L", false)
			p.SetLeftMargin(pageMargin)
			p.SetX(pageMargin)
		default:
			p.SetFont(fontName, "", textSize)
			p.MultiCell(0, lineHeight, printable(line), "", "L", false)
		}
	}
}

func listMark(line string) string {
	if m := bullet.FindString(line); m != "" {
		return m
	}
	return listNumber.FindString(line)
}

// lastInFont is the last character that the font's tables can hold.
const lastInFont = 0xFFFF

// printable leaves out what paper cannot show: control and direction
// characters, and replaces characters beyond the font by the mark for an
// unknown one.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r > lastInFont {
			return '\uFFFD'
		}
		return r
	}, clean(s))
}
