package filemeta

import (
	"archive/zip"
	"bytes"
	"io"
	"path"
	"regexp"
	"slices"
	"strings"
)

// office reads the property parts of a zip that an office program wrote, its
// comments, and who changed its text.
func (r *reader) office(b []byte) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		r.Unread = true
		r.runs(b)
		return
	}
	for _, f := range z.File {
		r.runs([]byte(f.Name))
		name := strings.ToLower(f.Name)
		read := r.reading(name)
		if read == nil {
			continue
		}
		part, err := f.Open()
		if err != nil {
			r.Unread = true
			continue
		}
		read(part)
	}
}

// reading is how a part of an office file is read, or nil.
func (r *reader) reading(name string) func(io.ReadCloser) {
	switch {
	case isPicture(name):
		return r.picture
	case isProperties(name):
		return r.bounded
	case isChanged(name):
		return r.changed
	}
	return nil
}

// isPicture reports whether a part of an office file is a picture, or another
// file within it.
func isPicture(name string) bool {
	dir := path.Base(path.Dir(name))
	return dir == "media" || dir == "pictures" || dir == "embeddings" || dir == "thumbnails" || strings.HasPrefix(path.Base(name), "thumbnail.")
}

// peopleParts name who worked on a file (ECMA-376 and Microsoft's extensions of it).
var peopleParts = []string{"meta.xml", "people.xml", "person.xml", "authors.xml", "commentauthors.xml", "usernames.xml", "revisionheaders.xml"}

// isProperties reports whether a part says things beside what the file shows.
func isProperties(name string) bool {
	return path.Dir(name) == "docprops" || path.Base(path.Dir(name)) == "persons" || slices.Contains(peopleParts, path.Base(name)) || strings.Contains(name, "comment")
}

// isChanged reports whether a part is text in which tracked changes stand.
func isChanged(name string) bool {
	return name == "content.xml" || name == "styles.xml" || path.Dir(name) == "word" && path.Ext(name) == ".xml"
}

// changedBy is where a text says who changed it: in Office's files as an attribute,
// in OpenDocument's as an element.
var changedBy = regexp.MustCompile(`[\s:](?:author|initials|userName)\s*=\s*(?:"([^"<]{1,400})"|'([^'<]{1,400})')|<(?:dc:creator|meta:creator-initials)[^<>]*>([^<]{1,400})<`)

// changed reads who changed a text, and nothing of the text.
func (r *reader) changed(part io.ReadCloser) {
	plain := r.inflate(part)
	if bytes.HasPrefix(plain, []byte("\xff\xfe")) || bytes.HasPrefix(plain, []byte("\xfe\xff")) { // UTF-16, as no program of today writes it
		r.runs(plain)
		return
	}
	for _, m := range changedBy.FindAllSubmatch(plain, -1) {
		for _, name := range m[1:] {
			r.runs(name)
		}
	}
}
