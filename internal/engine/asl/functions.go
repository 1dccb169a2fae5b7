package asl

import (
	"crypto/md5"  //nolint:gosec // States.Hash offers it; nothing of ours rests on it
	"crypto/sha1" //nolint:gosec // as above
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math"
	"strings"
	"unicode/utf8"
)

// function is one intrinsic: how many arguments it takes (max -1: any number)
// and what it does with them.
type function struct {
	min, max int
	apply    func(args []any, env *Env) (any, error)
}

var functions = map[string]function{
	"States.Array":          {0, -1, func(a []any, _ *Env) (any, error) { return append([]any{}, a...), nil }},
	"States.ArrayPartition": {2, 2, arrayPartition},
	"States.ArrayContains":  {2, 2, arrayContains},
	"States.ArrayRange":     {3, 3, arrayRange},
	"States.ArrayGetItem":   {2, 2, arrayGetItem},
	"States.ArrayLength":    {1, 1, arrayLength},
	"States.ArrayUnique":    {1, 1, arrayUnique},
	"States.Base64Encode":   {1, 1, base64Encode},
	"States.Base64Decode":   {1, 1, base64Decode},
	"States.Hash":           {2, 2, hash},
	"States.JsonMerge":      {3, 3, jsonMerge},
	"States.StringToJson":   {1, 1, stringToJSON},
	"States.JsonToString":   {1, 1, func(a []any, _ *Env) (any, error) { return string(AppendJSON(nil, a[0])), nil }},
	"States.MathRandom":     {2, 2, mathRandom},
	"States.MathAdd":        {2, 2, mathAdd},
	"States.StringSplit":    {2, 2, stringSplit},
	"States.UUID":           {0, 0, func(_ []any, env *Env) (any, error) { return env.uuid(), nil }},
	"States.Format":         {1, -1, format},
}

var (
	errArray  = errors.New("an array is needed")
	errNumber = errors.New("a number is needed")
	errString = errors.New("a string is needed")
)

// maxItems bounds what ArrayRange makes; it is the service's own limit.
const maxItems = 1000

func list(v any) ([]any, error) {
	l, ok := v.([]any)
	if !ok {
		return nil, errArray
	}
	return l, nil
}

// rounded gives a number rounded half up, as the service does with every
// numeric argument.
func rounded(v any) (int64, error) {
	n, ok := v.(Number)
	if !ok {
		return 0, errNumber
	}
	if i, ok := n.asInt(); ok {
		return i, nil
	}
	f := math.Floor(n.asFloat() + 0.5)
	if math.IsNaN(f) || math.Abs(f) > 1<<53 {
		return 0, errNumber
	}
	return int64(f), nil
}

// rounded32 is rounded within the 32 bits that the service documents for its
// arithmetic.
func rounded32(v any) (int64, error) {
	n, err := rounded(v)
	if err == nil && (n < math.MinInt32 || n > math.MaxInt32) {
		err = errors.New("a number of 32 bits is needed")
	}
	return n, err
}

func text(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", errString
	}
	return s, nil
}

func arrayPartition(a []any, _ *Env) (any, error) {
	l, err := list(a[0])
	if err != nil {
		return nil, err
	}
	n, err := rounded(a[1])
	if err != nil || n < 1 {
		return nil, errors.New("a chunk's size must be a positive number")
	}
	out := []any{}
	for len(l) > 0 {
		k := min(int64(len(l)), n)
		out = append(out, l[:k:k])
		l = l[k:]
	}
	return out, nil
}

func arrayContains(a []any, _ *Env) (any, error) {
	l, err := list(a[0])
	if err != nil {
		return nil, err
	}
	for _, e := range l {
		if Equal(e, a[1]) {
			return true, nil
		}
	}
	return false, nil
}

func arrayRange(a []any, _ *Env) (any, error) {
	var n [3]int64
	for i := range n {
		var err error
		if n[i], err = rounded32(a[i]); err != nil {
			return nil, err
		}
	}
	if n[2] == 0 {
		return nil, errors.New("the increment must not be 0")
	}
	out := []any{}
	for x := n[0]; n[2] > 0 && x <= n[1] || n[2] < 0 && x >= n[1]; x += n[2] { // 32 bits each: no overflow
		if out = append(out, intNumber(x)); len(out) > maxItems {
			return nil, errors.New("the range has more than 1000 items")
		}
	}
	return out, nil
}

func arrayGetItem(a []any, _ *Env) (any, error) {
	l, err := list(a[0])
	if err != nil {
		return nil, err
	}
	i, err := rounded(a[1])
	if err != nil || i < 0 || i >= int64(len(l)) {
		return nil, errors.New("the index is outside the array")
	}
	return l[i], nil
}

func arrayLength(a []any, _ *Env) (any, error) {
	l, err := list(a[0])
	return intNumber(int64(len(l))), err
}

func arrayUnique(a []any, _ *Env) (any, error) {
	l, err := list(a[0])
	if err != nil {
		return nil, err
	}
	out := []any{}
	seen := map[string]bool{}
	for _, e := range l {
		if key := string(appendCanonical(nil, e)); !seen[key] {
			seen[key] = true
			out = append(out, e)
		}
	}
	return out, nil
}

// maxCoded is the longest text that Base64 and Hash take.
const maxCoded = 10000

func coded(v any) (string, error) {
	s, err := text(v)
	if err == nil && len(s) > maxCoded {
		err = errors.New("the text is longer than 10000 characters")
	}
	return s, err
}

func base64Encode(a []any, _ *Env) (any, error) {
	s, err := coded(a[0])
	return base64.StdEncoding.EncodeToString([]byte(s)), err
}

func base64Decode(a []any, _ *Env) (any, error) {
	s, err := coded(a[0])
	if err != nil {
		return nil, err
	}
	b, err := base64.StdEncoding.DecodeString(s)
	if err != nil {
		return nil, errors.New("not Base64")
	}
	return strings.ToValidUTF8(string(b), "\ufffd"), nil
}

func hash(a []any, _ *Env) (any, error) {
	s, ok := a[0].(string)
	if !ok {
		s = string(AppendJSON(nil, a[0]))
	}
	if len(s) > maxCoded {
		return nil, errors.New("the text is longer than 10000 characters")
	}
	b := []byte(s)
	switch a[1] {
	case "MD5":
		h := md5.Sum(b) //nolint:gosec // see the import
		return hex.EncodeToString(h[:]), nil
	case "SHA-1":
		h := sha1.Sum(b) //nolint:gosec // see the import
		return hex.EncodeToString(h[:]), nil
	case "SHA-256":
		h := sha256.Sum256(b)
		return hex.EncodeToString(h[:]), nil
	case "SHA-384":
		h := sha512.Sum384(b)
		return hex.EncodeToString(h[:]), nil
	case "SHA-512":
		h := sha512.Sum512(b)
		return hex.EncodeToString(h[:]), nil
	}
	return nil, errors.New("unknown algorithm")
}

func jsonMerge(a []any, _ *Env) (any, error) {
	x, xok := a[0].(Object)
	y, yok := a[1].(Object)
	if !xok || !yok || a[2] != false {
		return nil, errors.New("two objects and false are needed")
	}
	return x.WithAll(y), nil
}

func stringToJSON(a []any, _ *Env) (any, error) {
	s, err := text(a[0])
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(s) == "" {
		return nil, nil
	}
	return ParseJSON([]byte(s))
}

func mathRandom(a []any, env *Env) (any, error) {
	from, err := rounded32(a[0])
	if err != nil {
		return nil, err
	}
	to, err := rounded32(a[1])
	if err != nil || to <= from {
		return nil, errors.New("the end must be above the start")
	}
	return intNumber(from + env.random(to-from)), nil
}

func mathAdd(a []any, _ *Env) (any, error) {
	x, err := rounded32(a[0])
	if err != nil {
		return nil, err
	}
	y, err := rounded32(a[1])
	return intNumber(x + y), err
}

func stringSplit(a []any, _ *Env) (any, error) {
	s, err := text(a[0])
	if err != nil {
		return nil, err
	}
	by, err := text(a[1])
	if err != nil {
		return nil, err
	}
	out := []any{}
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(by, r) }) {
		out = append(out, part)
	}
	return out, nil
}

// format fills {} from the arguments; the template still has its escapes.
func format(a []any, _ *Env) (any, error) {
	t, err := text(a[0])
	if err != nil {
		return nil, err
	}
	args := a[1:]
	var b strings.Builder
	for i := 0; i < len(t); {
		switch {
		case t[i] == '\\' && i+1 < len(t) && strings.IndexByte(`'{}\`, t[i+1]) >= 0:
			b.WriteByte(t[i+1])
			i += 2
		case strings.HasPrefix(t[i:], "{}"):
			if len(args) == 0 {
				return nil, errors.New("more placeholders than arguments")
			}
			b.Write(appendJava(nil, args[0]))
			args = args[1:]
			i += 2
			if b.Len() > maxIntermediate {
				return nil, errTooLarge
			}
		default:
			_, n := utf8.DecodeRuneInString(t[i:])
			b.WriteString(t[i : i+n])
			i += n
		}
	}
	if len(args) > 0 {
		return nil, errors.New("more arguments than placeholders")
	}
	return b.String(), nil
}
