// Package local builds the service for one machine: SQLite, the embedded
// engine, a directory of blobs, a key file, SMTP. It is one of the two
// packages that know adapters.
package local

import (
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// Config is everything that an installation on one machine is built from.
type Config struct {
	// DataDir holds the database, blobs, heads.log and the outbox directory.
	DataDir string
	// KeyFile holds the deployment's keys; by default
	// ${XDG_CONFIG_HOME:-~/.config}/takedown/DEPLOYMENT-ID.key.
	KeyFile string
	// SMTP is smtp[s]://user@host:port; without it mail goes to DataDir/outbox.
	SMTP string
	// SMTPPassword belongs to the user of SMTP.
	SMTPPassword string
	// DKIMKeyFile holds the key (PEM) that mail over SMTP is signed with, as the
	// settings name it; "" for none.
	DKIMKeyFile string
	// IMAP is imap[s]://user@host[:port][/folder] of the desk's mailbox, which is
	// then read every half minute; "" for none.
	IMAP string
	// IMAPPassword belongs to the user of IMAP.
	IMAPPassword string
	// AuthServers are the authserv-ids of the desk's own mail servers: only their
	// Authentication-Results count for mail from IMAP.
	AuthServers []string
	// DNS is the name server (HOST:PORT) for the signatures of inbound mail; by
	// default the system's.
	DNS string
	// SimulatedFrom starts a simulated clock; zero runs on the system's. A
	// database that was begun with one goes on with it.
	SimulatedFrom time.Time
	// StandIns maps host names to loopback addresses for fetching, with a CA;
	// only together with a simulated clock.
	StandIns *StandIns
	// FetchFrom are own addresses from which pages are looked at too, beside the
	// system's choice: those of interfaces that reach the net elsewhere, so that
	// what is blocked in one country alone is told from what is gone.
	FetchFrom []string
	// FetchProxies are proxies through which pages are looked at too, each in
	// another country: http:// or https:// with host and port, and a log-in.
	FetchProxies []string
	// Fault is a fault injection for kill runs, as "point:n:before|after".
	Fault string
	// NoLock opens beside a running server, for commands that only read or
	// commit by compare-and-swap.
	NoLock bool
	// HostNow is real time; time.Now if nil.
	HostNow func() time.Time
	Log     *slog.Logger

	hook func(point string)
}

// StandIns are loopback servers that stand in for foreign hosts.
type StandIns struct {
	Hosts map[string]string `json:"hosts"` // host name → loopback address with port
	CA    string            `json:"ca"`    // PEM
}

func (c *Config) defaults() error {
	if c.DataDir == "" {
		c.DataDir = "takedown-data"
	}
	if c.HostNow == nil {
		c.HostNow = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.StandIns != nil && c.SimulatedFrom.IsZero() {
		return takedown.Errorf(takedown.Invalid, takedown.NameInvalidInput, "stand-ins are accepted only together with a simulated clock")
	}
	return nil
}

// dataDir makes the data directory, or, beside a running server, holds that
// there is an installation in it.
func (c *Config) dataDir() error {
	if !c.NoLock {
		return os.MkdirAll(c.DataDir, 0o700)
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, "takedown.db")); err != nil {
		return takedown.Errorf(takedown.NotFound, takedown.NameNotFound, "%s holds no installation: name its directory with --data", c.DataDir)
	}
	return nil
}

func (c *Config) keyFile(deployment string) (string, error) {
	if c.KeyFile != "" {
		return c.KeyFile, nil
	}
	dir := os.Getenv("XDG_CONFIG_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "takedown", deployment+".key"), nil
}
