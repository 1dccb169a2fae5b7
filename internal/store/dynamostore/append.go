package dynamostore

import (
	"context"
	"encoding/binary"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/ontdox/takedown/internal/audit"
)

// Append adds leaves and hashes and moves the head, all or none.
func (a archive) Append(ctx context.Context, base, next audit.LogHead, leaves []audit.Leaf, hashes []audit.StoredHash) error {
	head := act{
		put:     logHeadRow{key: logHeadKey, Version: next.Version, Size: next.Size, Note: next.Note},
		refused: because("the log has moved on"),
		own: func(old row) bool {
			h, err := decoded[logHeadRow](old)
			return err == nil && h.Version == next.Version && string(h.Note) == string(next.Note)
		},
	}
	if head.when = "v = :v AND n = :n"; base.Version == 0 {
		head.when = "attribute_not_exists(pk)"
	} else {
		head.values = row{":v": num(base.Version), ":n": num(base.Size)}
	}
	acts := append([]act{head}, a.packed(leaves, hashes)...)
	taken, err := a.take(ctx, leaves)
	if err != nil {
		return err
	}
	return a.s.apply(ctx, append(acts, taken...))
}

// packed are the rows of one append.
func (a archive) packed(leaves []audit.Leaf, hashes []audit.StoredHash) []act {
	var out []act
	if n := len(leaves); n > 0 {
		r := leavesRow{key: key{a.s.logPK(leavesPK, leaves[n-1].Index), numbered("", leaves[n-1].Index)}, First: leaves[0].Index}
		for _, l := range leaves {
			r.IDs = append(r.IDs, l.EntryID)
		}
		out = append(out, act{put: r})
	}
	if n := len(hashes); n > 0 {
		r := hashesRow{key: key{a.s.logPK(hashesPK, hashes[n-1].Index), numbered("", hashes[n-1].Index)}}
		for _, h := range hashes {
			r.Hashes = binary.BigEndian.AppendUint64(r.Hashes, uint64(h.Index)) //nolint:gosec // an index is not negative
			r.Hashes = append(r.Hashes, h.Hash[:]...)
		}
		out = append(out, act{put: r})
	}
	return out
}

// take writes the leaves' places to the rows of their commits.
func (a archive) take(ctx context.Context, leaves []audit.Leaf) ([]act, error) {
	ids := make([]string, 0, len(leaves))
	for _, l := range leaves {
		ids = append(ids, l.EntryID)
	}
	entries, firsts, err := a.entries(ctx, ids)
	if err != nil {
		return nil, err
	}
	var order []string
	for i, l := range leaves {
		e := entries[i]
		id := e.firstID()
		f := firsts[id]
		if e.Offset != len(f.Leaves) {
			return nil, conflict("a line is a leaf already, or not the next one")
		}
		f.Leaves = append(slices.Clip(f.Leaves), l.Index)
		if firsts[id] = f; !slices.Contains(order, id) {
			order = append(order, id)
		}
	}
	var out []act
	for _, id := range order {
		out = append(out, leafed(firsts[id], leaves))
	}
	return out, nil
}

// leafed is the act that gives a commit's lines their places; when all have
// one, it leaves the list of pending ones.
func leafed(f entryRow, added []audit.Leaf) act {
	places := &types.AttributeValueMemberL{}
	had := len(f.Leaves)
	for _, i := range f.Leaves {
		places.Value = append(places.Value, num(i))
		if slices.ContainsFunc(added, func(l audit.Leaf) bool { return l.Index == i }) {
			had--
		}
	}
	out := act{at: f.key, update: "SET x = :x", values: row{":x": places}, when: "attribute_not_exists(x)", refused: because("a line is a leaf already")}
	if had > 0 {
		out.when = "size(x) = :had"
		out.values[":had"] = num(int64(had))
	}
	if len(f.Leaves) == f.Count {
		out.update += " REMOVE gpk, gsk"
	}
	return out
}
