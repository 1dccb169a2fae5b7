package witness

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// Service is a running service.
type Service struct {
	Name string
	// Endpoint is http://127.0.0.1:PORT; of GreenMail it is SMTP's 127.0.0.1:PORT.
	Endpoint string
	// IMAP is GreenMail's second endpoint, 127.0.0.1:PORT.
	IMAP string
	// Log is the file of what it printed, in a directory that Stop removes.
	Log string

	cmd    *exec.Cmd
	dir    string
	kept   bool
	exited chan struct{}
	once   sync.Once
}

//go:embed etc/functions.py
var functionsScript []byte

// startWait bounds how long a service may take until it answers.
const startWait = 2 * time.Minute

// Start installs a service if need be, starts it, and returns when it answers.
// The caller ends it with Stop.
func (c Cache) Start(ctx context.Context, name string) (*Service, error) {
	return c.StartAt(ctx, name, 0)
}

// StartAt is Start on a given port, as one that was ended and comes back; 0 is
// any free one.
func (c Cache) StartAt(ctx context.Context, name string, port int) (*Service, error) {
	return c.start(ctx, name, port, false)
}

// StartKept is Start for one that is to be killed and come back by Again with
// what it held: DynamoDB Local keeps its tables in files then.
func (c Cache) StartKept(ctx context.Context, name string) (*Service, error) {
	return c.start(ctx, name, 0, true)
}

func (c Cache) start(ctx context.Context, name string, port int, kept bool) (*Service, error) {
	if err := c.Install(ctx, name); err != nil {
		return nil, err
	}
	c.say("starting " + name)
	dir, err := os.MkdirTemp("", "takedown-"+name+"-")
	if err != nil {
		return nil, err
	}
	s := &Service{Name: name, dir: dir, Log: filepath.Join(dir, "log"), kept: kept, exited: make(chan struct{})}
	if err := s.start(ctx, c, port); err != nil {
		s.Stop()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	return s, nil
}

func (s *Service) start(ctx context.Context, c Cache, port int) error {
	ports, err := freePorts(3)
	if err != nil {
		return err
	}
	if port != 0 {
		ports[0] = strconv.Itoa(port)
	}
	if s.cmd, err = s.command(c, ports); err != nil {
		return err
	}
	log, err := os.Create(s.Log)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the child has its own
	s.cmd.Stdout, s.cmd.Stderr, s.cmd.Dir = log, log, s.dir
	ownGroup(s.cmd)
	if err := s.cmd.Start(); err != nil {
		s.cmd = nil
		return err
	}
	go func() {
		_ = s.cmd.Wait() // how it ended stands in its log
		close(s.exited)
	}()
	return s.ready(ctx)
}

// command is how each service starts on its ports. Its programs come from the
// cache, its arguments from here.
func (s *Service) command(c Cache, ports []string) (*exec.Cmd, error) {
	s.Endpoint = "http://127.0.0.1:" + ports[0]
	lib := c.Path(s.Name, "lib")
	switch s.Name {
	case DynamoDBLocal:
		where := []string{"-inMemory"}
		if s.kept {
			where = []string{"-dbPath", s.dir}
		}
		return exec.Command("java", append([]string{
			"-Xmx256m", "-Djava.library.path=" + lib, "-Dsqlite4java.library.path=" + lib, "-cp", filepath.Join(lib, "*"),
			"com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-disableTelemetry", "-port", ports[0],
		}, where...)...), nil
	case Dynoxide:
		return exec.Command(c.Path(s.Name, "bin", "dynoxide"), "serve", "--port", ports[0]), nil
	case Moto:
		return exec.Command(c.Path(s.Name, "bin", "moto_server"), "-H", "127.0.0.1", "-p", ports[0]), nil
	case GreenMail:
		s.Endpoint, s.IMAP = "127.0.0.1:"+ports[0], "127.0.0.1:"+ports[1]
		return exec.Command("java", "-Xmx256m", "-Dgreenmail.smtp.port="+ports[0], "-Dgreenmail.imap.port="+ports[1],
			"-Dgreenmail.smtp.hostname=127.0.0.1", "-Dgreenmail.imap.hostname=127.0.0.1", "-Dgreenmail.api.hostname=127.0.0.1", "-Dgreenmail.api.port="+ports[2],
			"-Dgreenmail.users=desk:secret@desk.example.nl", "-cp", filepath.Join(lib, "*"), "com.icegreen.greenmail.standalone.GreenMailStandaloneRunner"), nil
	case LocalStack:
		return s.localstack(c, ports[0])
	}
	return nil, errors.New("it is no service")
}

func (s *Service) localstack(c Cache, port string) (*exec.Cmd, error) {
	scripts := filepath.Join(s.dir, "etc", "localstack", "init", "ready.d")
	if err := os.MkdirAll(scripts, 0o750); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(scripts, "10-functions.py"), functionsScript, 0o600); err != nil {
		return nil, err
	}
	cmd := exec.Command(c.Path(LocalStack, "bin", "python"), "-m", "localstack.runtime.main")
	cmd.Env = append(os.Environ(), "OVERRIDE_IN_DOCKER=0", "FILESYSTEM_ROOT="+s.dir, "GATEWAY_LISTEN=127.0.0.1:"+port, "LOCALSTACK_HOST=127.0.0.1:"+port,
		"SKIP_SSL_CERT_DOWNLOAD=1", "DISABLE_EVENTS=1", "DNS_ADDRESS=0", "SERVICES=stepfunctions,lambda,sqs,s3,sts,iam,logs")
	return cmd, nil
}

// ready waits until the service answers, ends, or takes too long.
func (s *Service) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startWait)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if s.answers(ctx) {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("it ended: %s", s.tail())
		case <-ctx.Done():
			return fmt.Errorf("it does not answer: %w: %s", ctx.Err(), s.tail())
		case <-tick.C:
		}
	}
}

// answers asks what says that a service is whole: LocalStack answers before its
// start-up script ran, so there the script's own route is asked.
func (s *Service) answers(ctx context.Context) bool {
	if s.Name == GreenMail {
		return dials(ctx, s.Endpoint) && dials(ctx, s.IMAP)
	}
	path := "/"
	if s.Name == LocalStack {
		path = "/_takedown/functions"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.Endpoint+path, nil)
	if err != nil {
		return false
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	_ = res.Body.Close() // only that it answers counts
	return s.Name != LocalStack || res.StatusCode == http.StatusOK
}

func dials(ctx context.Context, address string) bool {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return false
	}
	_ = conn.Close()
	return true
}

func (s *Service) tail() string {
	text, err := os.ReadFile(s.Log)
	if err != nil {
		return err.Error()
	}
	return tail(text)
}

// Exited is closed when the service's process has ended, whoever ended it.
func (s *Service) Exited() <-chan struct{} { return s.exited }

// Port is the one that Endpoint names.
func (s *Service) Port() (int, error) {
	u, err := url.Parse(s.Endpoint)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(u.Port())
}

// Kill ends the service at once, as a crash would; its files stay until Stop.
func (s *Service) Kill() {
	if s.cmd == nil {
		return
	}
	killGroup(s.cmd)
	<-s.exited
}

// Again starts a service that was killed at its port, on the files it left.
func (s *Service) Again(ctx context.Context, c Cache) error {
	port, err := s.Port()
	if err != nil {
		return err
	}
	s.Kill()
	s.exited = make(chan struct{})
	return s.start(ctx, c, port)
}

// Freeze makes the service hang: it takes calls and answers none until Thaw.
func (s *Service) Freeze() error { return freezeGroup(s.cmd) }

// Thaw lets a frozen service go on.
func (s *Service) Thaw() error { return thawGroup(s.cmd) }

// Stop ends the service and removes its files. Stopping twice is harmless.
func (s *Service) Stop() {
	s.once.Do(func() {
		s.Kill()
		_ = os.RemoveAll(s.dir) // files in the system's temporary directory
	})
}

// freePorts asks the system for ports that nobody listens on.
func freePorts(n int) ([]string, error) {
	var out []string
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer func() { _ = l.Close() }() // held until all are found, so that they differ
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err != nil {
			return nil, err
		}
		out = append(out, port)
	}
	return out, nil
}
