package casework

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"

	"github.com/ontdox/takedown/internal/takedown"
)

// resultIDs writes the results so that a repeated request can be answered
// anew from the ids alone. What is wrong with the invalid ones stands packed
// behind them: an answer is one row, and says much the same many times.
func resultIDs(rs []ItemResult) ([]string, error) {
	var ids []string
	var wrong [][]FieldError
	for _, r := range rs {
		switch r.Status {
		case "created":
			ids = append(ids, r.Item)
		case "duplicate":
			ids = append(ids, "duplicate:"+r.Item)
		default:
			ids, wrong = append(ids, "invalid"), append(wrong, r.Errors)
		}
	}
	if len(wrong) == 0 {
		return ids, nil
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err == nil {
		err = errors.Join(json.NewEncoder(w).Encode(wrong), w.Close())
	}
	return append(ids, wrongPrefix+base64.StdEncoding.EncodeToString(b.Bytes())), err
}

const wrongPrefix = "wrong:"

// ItemsAgain renders a finished request's results under current rights.
func (s *Service) ItemsAgain(ctx context.Context, who takedown.Principal, ids []string) ([]ItemResult, error) {
	out := []ItemResult{}
	var wrong [][]FieldError
	if n := len(ids) - 1; n >= 0 && strings.HasPrefix(ids[n], wrongPrefix) {
		b, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(ids[n], wrongPrefix))
		if err == nil {
			err = json.NewDecoder(flate.NewReader(bytes.NewReader(b))).Decode(&wrong)
		}
		if err != nil {
			return out, err
		}
		ids = ids[:n]
	}
	for _, id := range ids {
		switch {
		case strings.HasPrefix(id, "duplicate:"):
			r := ItemResult{Status: "duplicate"}
			if it, err := get[takedown.Item](ctx, s, strings.TrimPrefix(id, "duplicate:")); err == nil {
				r.Case = s.visibleID(ctx, who, it.Case)
			}
			out = append(out, r)
		case id == "invalid" && len(wrong) > 0:
			out = append(out, ItemResult{Status: "invalid", Errors: wrong[0]})
			wrong = wrong[1:]
		default:
			out = append(out, ItemResult{Status: "created", Item: id})
		}
	}
	return out, nil
}
