package casework

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/ontdox/takedown/internal/takedown"
)

// maxInlineSealed is how large a sealed field may be before it becomes a blob.
const maxInlineSealed = 1 << 10

// maxSealedBlob bounds a sealed text or record part; evidence has its own path.
const maxSealedBlob = 4 << 20

// caseKey opens the key of the case this tx is on.
func (t *tx) caseKey() (CaseKey, error) {
	if t.key != nil {
		return t.key, nil
	}
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return nil, err
	}
	if len(c.Key) == 0 {
		return nil, state("the case's key was destroyed: what was sealed is erased")
	}
	t.key, err = t.s.Keys.CaseKey(t.ctx, c.ID, c.Key)
	return t.key, err
}

// newKey makes a key for what has one of its own, wrapped to be stored with it
// and open to be used.
func (s *Service) newKey(ctx context.Context, id string) ([]byte, CaseKey, error) {
	wrapped, err := s.Keys.NewCaseKey(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	key, err := s.Keys.CaseKey(ctx, id, wrapped)
	return wrapped, key, err
}

// ident gives a noun its id before it is put: sealed fields are bound to it.
func (t *tx) ident(n noun) error {
	if n.Head().ID != "" {
		return nil
	}
	id, err := t.s.newID(kindOf(n))
	n.Head().ID = id
	return err
}

// associated binds a sealed field to its record: moved elsewhere, it does not
// open.
func associated(n noun, field string) []byte {
	return []byte(string(kindOf(n)) + "/" + n.Head().ID + "/" + field)
}

// seal encrypts v as JSON under the case's key, bound to a noun's field.
func (t *tx) seal(n noun, field string, v any) (takedown.Sealed, error) {
	key, err := t.caseKey()
	if err != nil {
		return takedown.Sealed{}, err
	}
	if err := t.ident(n); err != nil {
		return takedown.Sealed{}, err
	}
	plain, err := json.Marshal(v)
	if err != nil {
		return takedown.Sealed{}, err
	}
	ct, err := key.Seal(plain, associated(n, field))
	if err != nil {
		return takedown.Sealed{}, err
	}
	if len(ct) <= maxInlineSealed {
		return takedown.Sealed{Data: ct}, nil
	}
	name, _, err := t.s.Blobs.Put(t.ctx, bytes.NewReader(ct), maxSealedBlob)
	if err != nil {
		return takedown.Sealed{}, err
	}
	return takedown.Sealed{Blob: name}, nil
}

// sealText is seal for words that may be missing: nothing stays nothing.
func (t *tx) sealText(n noun, field, text string) (takedown.Sealed, error) {
	if text == "" {
		return takedown.Sealed{}, nil
	}
	return t.seal(n, field, text)
}

// open decrypts a noun's sealed field into v; an empty one leaves v alone.
func (t *tx) open(n noun, field string, sealed takedown.Sealed, v any) error {
	if sealed.Empty() {
		return nil
	}
	key, err := t.caseKey()
	if err != nil {
		return err
	}
	ct := sealed.Data
	if sealed.Blob != "" {
		if ct, err = t.s.readBlob(t.ctx, sealed.Blob); err != nil {
			return err
		}
	}
	plain, err := key.Open(ct, associated(n, field))
	if err != nil {
		return &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "a sealed field does not open", Err: err}
	}
	return json.Unmarshal(plain, v)
}

func (t *tx) openText(n noun, field string, sealed takedown.Sealed) (string, error) {
	var s string
	err := t.open(n, field, sealed, &s)
	return s, err
}

// place opens where an item is.
func (t *tx) place(i *takedown.Item) (takedown.Place, error) {
	var p takedown.Place
	err := t.open(i, "place", i.Place, &p)
	return p, err
}

// placesOf opens where a track's items are, in their order.
func (t *tx) placesOf(tr *takedown.Track) ([]takedown.Place, error) {
	items, err := t.itemsOf(tr.Items)
	if err != nil {
		return nil, err
	}
	var out []takedown.Place
	for _, it := range items {
		p, err := t.place(it)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// itemsOf loads items by their ids, in that order.
func (t *tx) itemsOf(ids []string) ([]*takedown.Item, error) {
	var out []*takedown.Item
	for _, id := range ids {
		it, err := load[takedown.Item](t, id)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, nil
}
