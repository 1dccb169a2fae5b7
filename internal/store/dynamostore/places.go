package dynamostore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/ontdox/takedown/internal/casework"
)

// side is what belongs to a change beside its rows: where records stand, and
// their further places. All of it goes into the transaction where there is
// room. What is written ahead of a commit that then fails is harmless: a
// stream's row leads to no record, and a list leaves out whatever its record
// does not confirm.
type side struct{ streams, puts, deletes []act }

// fit puts what fits into a transaction; the rest is written ahead or after.
func (d side) fit(acts *[]act) (ahead, after []act) {
	room := maxActs - len(*acts)
	before := slices.Concat(d.streams, d.puts)
	n := max(0, min(room, len(before)))
	*acts, ahead = append(*acts, before[:n]...), before[n:]
	m := max(0, min(room-n, len(d.deletes)))
	*acts, after = append(*acts, d.deletes[:m]...), d.deletes[m:]
	return ahead, after
}

// putRecords adds a change's records to the acts.
func (s *Store) putRecords(ctx context.Context, ch casework.Change, acts *[]act) (side, error) {
	var d side
	old, err := s.formerPlaces(ctx, ch)
	if err != nil {
		return d, err
	}
	for _, r := range ch.Put {
		k := recordKey(r.Stream, r.Key)
		places := placesOf(r)
		rides, further := spread(places)
		a := act{put: recordRow{key: k, spot: spotAt(rides, r.Key), Version: r.Version, Body: r.Body, Places: places}, refused: because("a record has moved on")}
		if r.Version == 1 {
			a.when = "attribute_not_exists(pk)"
			d.streams = append(d.streams, standIn(r))
		} else {
			a.when, a.values = "v = :v", row{":v": num(r.Version - 1)}
		}
		*acts = append(*acts, a)
		_, was := spread(old[r.Key])
		for _, p := range further {
			if !slices.Contains(was, p) {
				d.puts = append(d.puts, act{put: placeRow{placeKey(r, p), spotAt(p, r.Key)}})
			}
		}
		for _, p := range was {
			if !slices.Contains(further, p) {
				d.deletes = append(d.deletes, act{at: placeKey(r, p)})
			}
		}
	}
	return d, nil
}

// standIn says for ever in which stream a record stands.
func standIn(r casework.Record) act {
	return act{
		put:  streamRow{streamKey(r.Key), string(r.Stream)},
		when: "attribute_not_exists(pk) OR s = :s", values: row{":s": str(string(r.Stream))},
		refused: because("a record of this id stands in another stream"),
	}
}

// formerPlaces gives the places that the records of a change have now.
func (s *Store) formerPlaces(ctx context.Context, ch casework.Change) (map[casework.Key][]string, error) {
	out := map[casework.Key][]string{}
	var ask []key
	for _, r := range ch.Put {
		if r.Version == 1 {
			continue
		}
		places, ok := s.known.places(r.Key, r.Version-1)
		if !ok {
			ask = append(ask, recordKey(r.Stream, r.Key))
		}
		out[r.Key] = places
	}
	if len(ask) == 0 {
		return out, nil
	}
	rows, err := s.records(ctx, ask)
	for at, r := range rows {
		_, k := at.of()
		out[k] = r.Places
	}
	return out, err
}

// spread says which place is written into the record's own row, at no further
// cost: the one in the list of what is due, which moves most, else the only
// one. The others are rows of their own.
func spread(places []string) (rides string, further []string) {
	for _, p := range places {
		if rides == "" && (len(places) == 1 || strings.HasPrefix(p, "due"+sep)) {
			rides = p
			continue
		}
		further = append(further, p)
	}
	return rides, further
}

// spotAt is where a kept place stands in the index.
func spotAt(place string, k casework.Key) spot {
	if place == "" {
		return spot{}
	}
	part := strings.SplitN(place, sep, 3)
	return spotOf(casework.IndexPlace{Index: part[0], Partition: part[1], Sort: part[2]}, k)
}

func placeKey(r casework.Record, place string) key {
	sum := sha256.Sum256([]byte(place))
	return key{streamPK(r.Stream), "p#" + string(r.Kind) + "#" + r.ID + "#" + hex.EncodeToString(sum[:8])}
}

// recordOf is the row of the record that stands at a place.
func (p placeRow) recordOf() key {
	if strings.HasPrefix(p.SK, "p#") {
		return key{p.PK, "r#" + p.SK[len("p#"):strings.LastIndexByte(p.SK, '#')]}
	}
	return p.key
}
