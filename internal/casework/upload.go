package casework

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"regexp"
	"slices"
	"sync"

	"github.com/ontdox/takedown/internal/filemeta"
	"github.com/ontdox/takedown/internal/takedown"
)

// maxEvidence is the largest piece of evidence: 50 MiB.
const maxEvidence = 50 << 20

// maxSealedEvidence leaves room for what sealing adds.
const maxSealedEvidence = maxEvidence + 64<<10

// UploadInput is the body of POST …/evidence/uploads.
type UploadInput struct {
	SHA256    string `json:"sha256" maxLength:"64" doc:"Hex, of the plain bytes."`
	Size      int64  `json:"size"`
	MediaType string `json:"mediaType" maxLength:"100"`
}

var (
	sha256Hex = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9a-f]{64}$`) })
	mediaType = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z]{1,20}/[a-z0-9.+-]{1,70}$`) })
)

// evidenceRoles bring evidence in: a specialist, and the liaison who holds a
// receipt.
var evidenceRoles = []takedown.Role{takedown.Specialist, takedown.Liaison}

// BeginUpload announces a file; its bytes go to the signed URL that the API
// makes of the id. Roles: specialist, liaison.
func (s *Service) BeginUpload(ctx context.Context, who takedown.Principal, caseID string, in UploadInput) (string, error) {
	var b bad
	if !sha256Hex().MatchString(in.SHA256) {
		b.add("/sha256", "must be 64 hexadecimal digits")
	}
	if in.Size < 1 || in.Size > maxEvidence {
		b.add("/size", "must be 1 to %d bytes", maxEvidence)
	}
	if !mediaType().MatchString(in.MediaType) {
		b.add("/mediaType", "must be a media type such as image/png")
	}
	var id string
	err := s.inCase(ctx, who, caseID, evidenceRoles, func(t *tx, c *takedown.Case) error {
		if err := refuseAll(b.fields); err != nil {
			return err
		}
		if err := t.takesFiles(); err != nil {
			return err
		}
		u := &takedown.Upload{Meta: takedown.Meta{Case: c.ID}, SHA256: in.SHA256, Size: in.Size, MediaType: in.MediaType, By: who.ID, At: t.now}
		if err := t.put(u); err != nil {
			return err
		}
		id = u.ID
		t.done(201, u.ID)
		return t.log("upload.announced", "", []string{u.ID})
	})
	return id, err
}

// takesFiles refuses files for a case that is over, or in which every item is
// flagged: there is nothing that one could be of.
func (t *tx) takesFiles() error {
	c, err := load[takedown.Case](t, string(t.base.Stream))
	if err != nil {
		return err
	}
	if c.Status != takedown.CaseOpen {
		return state("the case is %s; reopen it first", c.Status)
	}
	items, err := all[takedown.Item](t)
	if err != nil {
		return err
	}
	flagged := func(it *takedown.Item) bool { return it.SuspectedCSAM }
	if len(items) > 0 && !slices.ContainsFunc(items, func(it *takedown.Item) bool { return !flagged(it) }) {
		return state("the items are flagged: nothing of them is stored, shown or fetched; only their location is referred")
	}
	return nil
}

// ReceiveUpload takes the bytes of an announced file: they are hashed, sealed
// under the case's key and stored. Bytes of another size or hash are Invalid
// and leave nothing. The same bytes again are harmless. The address that it is
// called for carries its own proof, and stands for who announced the file.
func (s *Service) ReceiveUpload(ctx context.Context, upload string, r io.Reader) error {
	u, err := get[takedown.Upload](ctx, s, upload)
	if err != nil {
		return err
	}
	plain, err := io.ReadAll(io.LimitReader(r, u.Size+1))
	if err != nil {
		return &takedown.Error{Kind: takedown.Malformed, Name: takedown.NameInvalidInput, Message: "the file did not arrive whole", Err: err}
	}
	sum := sha256.Sum256(plain)
	if int64(len(plain)) != u.Size || hex.EncodeToString(sum[:]) != u.SHA256 {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "the bytes are not those that were announced: size or hash differ")
	}
	if u.Blob != "" {
		return nil
	}
	properties := filemeta.Read(plain)
	blob, pieces, err := s.sealUpload(ctx, u, plain)
	if err != nil {
		return err
	}
	who := takedown.Principal{ID: u.By}
	return s.write(ctx, who, takedown.Specialist, StreamID(u.Case), func(t *tx) error {
		u, err := load[takedown.Upload](t, upload)
		if err != nil || u.Blob != "" {
			return err // somebody was faster with the same bytes; ours is an orphan, which the sweep takes
		}
		if err := t.takesFiles(); err != nil {
			return err
		}
		u.Blob, u.Pieces = blob, pieces
		if u.Properties, err = t.sealProperties(u, properties); err != nil {
			return err
		}
		if err := t.put(u); err != nil {
			return err
		}
		return t.log("upload.received", "", []string{u.ID})
	})
}

// sealUpload stores the bytes, sealed piece by piece where the key can do that,
// and gives the blob's name. It happens once, before any commit: a lost swap must not seal 50 MiB again.
func (s *Service) sealUpload(ctx context.Context, u *takedown.Upload, plain []byte) (name string, pieces bool, err error) {
	t, err := s.begin(ctx, takedown.TheSystem, takedown.System, StreamID(u.Case))
	if err != nil {
		return "", false, err
	}
	if err := t.takesFiles(); err != nil {
		return "", false, err
	}
	key, err := t.caseKey()
	if err != nil {
		return "", false, err
	}
	ct, pieces, err := sealFile(key, plain, associated(u, "bytes"))
	if err != nil {
		return "", false, err
	}
	name, _, err = s.Evidence.Put(ctx, bytes.NewReader(ct), maxSealedEvidence)
	return name, pieces, err
}

func sealFile(key CaseKey, plain, bound []byte) (ct []byte, pieces bool, err error) {
	stream, ok := key.(StreamSealer)
	if !ok {
		ct, err = key.Seal(plain, bound)
		return ct, false, err
	}
	var out bytes.Buffer
	w, err := stream.SealStream(&out, bound)
	if err != nil {
		return nil, true, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, true, err
	}
	err = w.Close()
	return out.Bytes(), true, err
}
