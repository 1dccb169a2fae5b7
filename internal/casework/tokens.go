package casework

import (
	"context"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

const (
	// tokenPrefix marks a token, so that scanners find a leaked one.
	tokenPrefix = "tkd_"
	tokenBytes  = 32
	// spaceToken are the look-up rows from a token's keyed hash to its row.
	spaceToken = "token"
)

var (
	tokenEncoding = base32.StdEncoding.WithPadding(base32.NoPadding)
	tokenName     = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{1,59}$`) })
)

// TokenCreated is a new token. Token is shown this once: only its keyed hash
// is stored.
type TokenCreated struct {
	ID    string          `json:"id"`
	Token string          `json:"token"`
	Name  string          `json:"name"`
	Roles []takedown.Role `json:"roles"`
}

// TokenView is a token without its secret.
type TokenView struct {
	ID        string          `json:"id"`
	Name      string          `json:"name"`
	Roles     []takedown.Role `json:"roles"`
	CreatedAt time.Time       `json:"createdAt"`
	RevokedAt time.Time       `json:"revokedAt,omitzero"`
}

// CreateToken makes a token for a local principal. Only the program itself may
// (the command line on the data directory acts as takedown.TheSystem).
func (s *Service) CreateToken(ctx context.Context, who takedown.Principal, name string, roles []takedown.Role) (TokenCreated, error) {
	if err := need(who); err != nil {
		return TokenCreated{}, err
	}
	if err := refuseAll(checkToken(name, roles)); err != nil {
		return TokenCreated{}, err
	}
	secret := make([]byte, tokenBytes)
	if _, err := io.ReadFull(s.Rand, secret); err != nil {
		return TokenCreated{}, &takedown.Error{Kind: takedown.Internal, Name: takedown.NameInternal, Message: "no randomness", Err: err}
	}
	out := TokenCreated{Token: tokenPrefix + strings.ToLower(tokenEncoding.EncodeToString(secret)), Name: name, Roles: roles}
	now, err := s.now(ctx)
	if err != nil {
		return TokenCreated{}, err
	}
	err = s.write(ctx, who, takedown.System, orgStream(now), func(t *tx) error {
		tok := &takedown.Token{Name: name, Roles: roles, Hash: s.tokenValue(out.Token), CreatedAt: t.now}
		if err := t.put(tok); err != nil {
			return err
		}
		out.ID = tok.ID
		t.change.Claim = append(t.change.Claim, Lookup{Space: spaceToken, Value: tok.Hash, Ref: Key{KindToken, tok.ID}})
		return t.log("token.created", roleCodes(roles), []string{tok.ID})
	})
	return out, err
}

func roleCodes(roles []takedown.Role) string {
	var codes []string
	for _, r := range roles {
		codes = append(codes, string(r))
	}
	return strings.Join(codes, ",")
}

func checkToken(name string, roles []takedown.Role) []takedown.FieldError {
	var b bad
	if !tokenName().MatchString(name) || name == takedown.TheSystem.ID {
		b.add("/name", "2 to 60 of a-z, 0-9, dot, underscore, @ and -, and not system")
	}
	if len(roles) == 0 {
		b.add("/roles", "name at least one role")
	}
	for n, r := range roles {
		if !slices.Contains(takedown.Roles(), r) {
			b.add(fmt.Sprintf("/roles/%d", n), "must be one of %v", takedown.Roles())
		}
	}
	return b.fields
}

// tokenValue is the keyed hash under which a token is found.
func (s *Service) tokenValue(token string) string {
	return hex.EncodeToString(s.Keys.MAC("token", []byte(token)))
}

// Authenticate gives the principal of a bearer token: its name is the person.
// The error is of kind Unauthorized for whatever is no live token.
func (s *Service) Authenticate(ctx context.Context, bearer string) (takedown.Principal, error) {
	nobody := takedown.Errorf(takedown.Unauthorized, takedown.NameForbidden, "the token is not known here")
	if !strings.HasPrefix(bearer, tokenPrefix) || len(bearer) > 200 {
		return takedown.Principal{}, nobody
	}
	ref, err := s.Store.FindLookup(ctx, spaceToken, s.tokenValue(bearer))
	if err != nil && takedown.KindOf(err) == takedown.NotFound {
		return takedown.Principal{}, nobody
	}
	if err != nil {
		return takedown.Principal{}, err
	}
	tok, err := get[takedown.Token](ctx, s, ref.ID)
	if err != nil {
		return takedown.Principal{}, err
	}
	if !tok.RevokedAt.IsZero() {
		return takedown.Principal{}, nobody
	}
	return takedown.Principal{ID: tok.Name, Roles: tok.Roles}, nil
}

// RevokeToken ends a token at once, by its id. Only the program itself may.
func (s *Service) RevokeToken(ctx context.Context, who takedown.Principal, id string) error {
	if err := need(who); err != nil {
		return err
	}
	stream, err := s.streamOf(ctx, Key{KindToken, id})
	if err != nil {
		return err
	}
	return s.write(ctx, who, takedown.System, stream, func(t *tx) error {
		tok, err := load[takedown.Token](t, id)
		if err != nil {
			return err
		}
		if !tok.RevokedAt.IsZero() {
			return nil
		}
		tok.RevokedAt = t.now
		t.change.Release = append(t.change.Release, Lookup{Space: spaceToken, Value: tok.Hash, Ref: Key{KindToken, tok.ID}})
		if err := t.put(tok); err != nil {
			return err
		}
		return t.log("token.revoked", "", []string{tok.ID})
	})
}

// ListTokens lists every token, by name, the revoked ones too. Only the
// program itself may.
func (s *Service) ListTokens(ctx context.Context, who takedown.Principal) ([]TokenView, error) {
	if err := need(who); err != nil {
		return nil, err
	}
	out := []TokenView{}
	q := Query{Index: indexTokens, Partition: "all", Limit: maxPage}
	for {
		next, err := s.eachRecord(ctx, q, func(r Record) (bool, error) {
			tok, err := decode[takedown.Token](r)
			if err != nil {
				return false, err
			}
			out = append(out, TokenView{tok.ID, tok.Name, tok.Roles, tok.CreatedAt, tok.RevokedAt})
			return true, nil
		})
		if err != nil || next == "" {
			return out, err
		}
		q.Cursor = next
	}
}
