package notice

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxField is how many characters one field may have: a letter is no place
// for more. It is not cut; it is refused.
const maxField = 4000

// clean leaves out what can turn a text around or hide in it: control
// characters but line ends, direction marks and other format characters. What is
// no UTF-8 becomes the mark for an unknown character.
func clean(s string) string {
	if plain(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// plain reports whether there is nothing to look at.
func plain(s string) bool {
	for n := range len(s) {
		if c := s[n]; c >= utf8.RuneSelf || c < ' ' && c != '\n' || c == 0x7f {
			return false
		}
	}
	return true
}

// cleanField is a field's value on one line: nothing in it can begin a line, a
// heading or a header of its own.
func cleanField(s string) string {
	return strings.Join(strings.FieldsFunc(clean(s), func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}

// cleanURL keeps a location exact: what a text cannot hold is percent-encoded.
func cleanURL(s string) string {
	if plain(s) && !strings.Contains(s, "\n") {
		return s
	}
	var b strings.Builder
	for n := 0; n < len(s); {
		r, size := utf8.DecodeRuneInString(s[n:])
		if r == utf8.RuneError && size == 1 || unicode.IsControl(r) || unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) {
			for _, c := range []byte(s[n : n+size]) {
				fmt.Fprintf(&b, "%%%02X", c)
			}
		} else {
			b.WriteString(s[n : n+size])
		}
		n += size
	}
	return b.String()
}

// cleaned gives the facts with every field harmless, and a blocking finding for
// each that is too long.
func cleaned(f Facts) (Facts, []Finding) {
	var out []Finding
	v := reflect.New(reflect.TypeOf(f)).Elem()
	v.Set(cleanValue(reflect.ValueOf(f), "", &out))
	return v.Interface().(Facts), out
}

var timeType = reflect.TypeFor[time.Time]()

// cleanValue copies a value with its strings cleaned; path is where it stands.
func cleanValue(v reflect.Value, path string, out *[]Finding) reflect.Value {
	switch v.Kind() {
	case reflect.String:
		return reflect.ValueOf(cleanString(v.String(), path, out)).Convert(v.Type())
	case reflect.Pointer:
		if v.IsNil() {
			return v
		}
		p := reflect.New(v.Type().Elem())
		p.Elem().Set(cleanValue(v.Elem(), path, out))
		return p
	case reflect.Slice:
		if v.IsNil() {
			return v
		}
		s := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		for n := range v.Len() {
			s.Index(n).Set(cleanValue(v.Index(n), path+"/"+itoa(n), out))
		}
		return s
	case reflect.Struct:
		if v.Type() == timeType {
			return v
		}
		c := reflect.New(v.Type()).Elem()
		for n := range v.NumField() {
			c.Field(n).Set(cleanValue(v.Field(n), path+"/"+lowerFirst(v.Type().Field(n).Name), out))
		}
		return c
	}
	return v
}

func cleanString(s, path string, out *[]Finding) string {
	path = strings.TrimPrefix(path, "/")
	if len(s) > maxField && utf8.RuneCountInString(s) > maxField {
		*out = append(*out, findingf("too_long", path, true, "%d characters are too many for one field of a letter (at most %d)", utf8.RuneCountInString(s), maxField))
	}
	if strings.HasSuffix(path, "/uRL") || strings.HasSuffix(path, "/profileURL") {
		return cleanURL(s)
	}
	return cleanField(s)
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }

// maxFileName is the longest name of a file: every system takes it, with what
// is put behind it.
const maxFileName = 100

// fileName is a reference as a file's name: letters, digits and hyphens.
func fileName(reference string) string {
	name := strings.Map(func(r rune) rune {
		if r == '-' || r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, reference)
	return name[:min(len(name), maxFileName)]
}
