package localcloud

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/ontdox/takedown/internal/lambdahost"
)

// Options of a deployment.
type Options struct {
	Template *Template
	// Name of the stack: letters, digits, hyphens; it begins every name.
	Name string
	// Parameters of the template.
	Parameters map[string]string
	On         Services
	// Bin holds the executables, see Build.
	Bin string
	// Env is added to the environment that the template gives a function, by
	// the function's directory. An empty value takes a variable away.
	Env func(directory string) map[string]string
	// Log gets what the functions print.
	Log io.Writer
	// HostNow is real time.
	HostNow func() time.Time
	// Listen is the front's address; 127.0.0.1:0 if empty.
	Listen string
	// Settles makes each answer to a change wait until what follows from it has
	// happened: for a simulated clock.
	Settles bool
	// Unscheduled leaves the template's schedules out, so that nothing wakes but
	// by a message or the engine's own timers.
	Unscheduled bool
}

// Deployment is a stack that runs.
type Deployment struct {
	*Stack
	// URL is the front's.
	URL string
	// Endpoint is where the stack's functions find every service.
	Endpoint string

	opt     Options
	host    *lambdahost.Host
	hostURL string
	rec     *recorder
	watch   *watcher
	servers []*http.Server
	cancel  context.CancelFunc
	work    sync.WaitGroup
	rested  atomic.Int64 // the messages after which the executions were seen at rest
}

// Deploy makes a stack's resources and runs its functions. Close ends it.
func Deploy(ctx context.Context, opt Options) (*Deployment, error) {
	stack, err := NewStack(opt.Template, opt.Name, opt.Parameters)
	if err != nil {
		return nil, err
	}
	d := &Deployment{Stack: stack, opt: opt}
	for _, step := range []func(context.Context) error{d.create, d.record, d.hostFunctions, d.register, d.serve} {
		if err := step(ctx); err != nil {
			return nil, errors.Join(err, d.Close())
		}
	}
	return d, nil
}

func (d *Deployment) create(ctx context.Context) error { return d.Create(ctx, d.opt.On) }

// record puts the recorder between functions and services.
func (d *Deployment) record(context.Context) error {
	var machines []string
	for _, id := range d.of(typeMachine) {
		machines = append(machines, d.Ref(id))
	}
	d.watch = newWatcher(d.opt.On.clients().steps, machines)
	var err error
	if d.rec, err = newRecorder(d.opt.On, http.HandlerFunc(d.serveInvoke), d.watch.answered); err != nil {
		return err
	}
	d.Endpoint, err = d.listen("127.0.0.1:0", d.rec)
	return err
}

func (d *Deployment) hostFunctions(context.Context) error {
	functions, err := d.Functions(d.opt.Bin, d.environment)
	if err != nil {
		return err
	}
	d.host, err = lambdahost.New(lambdahost.Config{Functions: functions, Region: Region, Account: account, Log: d.opt.Log})
	if err != nil {
		return err
	}
	d.hostURL, err = d.listen("127.0.0.1:0", http.HandlerFunc(d.serveInvoke))
	return err
}

// environment is what only a function on this machine needs.
func (d *Deployment) environment(directory string) map[string]string {
	env := map[string]string{
		"AWS_ENDPOINT_URL": d.Endpoint, "AWS_ACCESS_KEY_ID": accessKey(directory), "AWS_SECRET_ACCESS_KEY": "none",
	}
	if d.opt.Env != nil {
		maps.Copy(env, d.opt.Env(directory))
	}
	return env
}

// Environment is what the function in a directory has, and what a process needs
// that does an operator's work on the stack; its calls are an operator's then.
func (d *Deployment) Environment(directory string) (map[string]string, error) {
	f, err := d.function(accessKey(directory))
	if err != nil {
		return nil, err
	}
	maps.Copy(f.Env, d.environment(directory))
	f.Env["AWS_REGION"], f.Env["AWS_ACCESS_KEY_ID"] = Region, operator
	return f.Env, nil
}

// operator calls services in no function's name; what it calls is not recorded.
const operator = "operator"

// accessKey is the function's logical id, which the recorder knows it by.
func accessKey(directory string) string {
	var out strings.Builder
	for _, part := range strings.Split(directory, "-") {
		out.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return out.String()
}

// serveInvoke is the Invoke API, where payloads are seen on their way.
func (d *Deployment) serveInvoke(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "the request ended early", http.StatusBadRequest)
		return
	}
	d.watch.invoked(body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	d.host.Handler().ServeHTTP(w, r)
}

// register tells LocalStack where the stack's functions are.
func (d *Deployment) register(ctx context.Context) error {
	body, err := json.Marshal(map[string]string{"prefix": d.Name + "-", "url": d.hostURL})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPut, d.opt.On.StepFunctions+"/_takedown/functions", bytes.NewReader(body))
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close() // only its status counts
	if res.StatusCode != http.StatusNoContent {
		return fmt.Errorf("register functions with LocalStack: %s", res.Status)
	}
	return nil
}

// Recover makes the state machines again on a LocalStack that was started anew,
// and tells it where the functions are. What ran there is gone: the store says
// how far each track had come.
func (d *Deployment) Recover(ctx context.Context) error {
	if err := d.register(ctx); err != nil {
		return err
	}
	return d.CreateMachines(ctx, d.opt.On)
}

// serve opens the front and starts the schedules.
func (d *Deployment) serve(ctx context.Context) error {
	schedules, err := d.Schedules()
	if err != nil {
		return err
	}
	listen := d.opt.Listen
	if listen == "" {
		listen = "127.0.0.1:0"
	}
	if d.URL, err = d.listen(listen, d.settled(&front{d.host.Invoke, d.named("api"), d.opt.HostNow})); err != nil {
		return err
	}
	ctx, d.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for _, s := range schedules {
		if d.opt.Unscheduled {
			break
		}
		d.work.Go(func() { d.keep(ctx, s) })
	}
	return nil
}

// named is the physical name of the function in a directory.
func (d *Deployment) named(directory string) string { return d.Ref(accessKey(directory)) }

// keep calls a function at its rate until ctx ends.
func (d *Deployment) keep(ctx context.Context, s Schedule) {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			_, _ = d.host.Invoke(lambdahost.Request{Name: s.Function, Payload: []byte(s.Input)}) // the log says how it went, the next run repeats it
		}
	}
}

func (d *Deployment) listen(address string, h http.Handler) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	d.servers = append(d.servers, server)
	d.work.Go(func() { _ = server.Serve(l) }) // ends with Close
	return "http://" + l.Addr().String(), nil
}

// Recorded are the calls of the functions so far, by kind of resource.
func (d *Deployment) Recorded() Calls { return d.rec.recorded(d.kindOf) }

// kindOf turns the physical name of what a function asked for into the logical
// id, with what follows it. Which rows it asked for matters where its role is
// held to some.
func (d *Deployment) kindOf(function, resource string) string {
	name, part, partly := strings.Cut(resource, " ")
	kind := d.idOf(name)
	if !partly || kind == "Table" && !d.opt.Template.heldToRows(function) {
		return kind
	}
	return kind + " " + part
}

// idOf is the logical id of a physical name, or of an ARN that ends in one,
// with what follows it.
func (d *Deployment) idOf(resource string) string {
	for id, name := range d.r.refs {
		if rest, ok := strings.CutPrefix(resource, name); ok && (rest == "" || rest[0] == '/') {
			return id + rest
		}
		if a := d.r.attrs[id+".Arn"]; a != "" && resource == a {
			return id
		}
		if d.r.attrs[id+".Name"] != "" && strings.HasPrefix(resource, arn("states", "execution:"+d.r.attrs[id+".Name"]+":")) {
			return id
		}
	}
	return resource
}

// Close ends the functions and the servers. The resources stay: see Delete.
func (d *Deployment) Close() error {
	if d.cancel != nil {
		d.cancel()
	}
	var errs error
	if d.host != nil {
		errs = errors.Join(errs, d.host.Close())
	}
	for _, s := range d.servers {
		errs = errors.Join(errs, s.Close())
	}
	d.work.Wait()
	return errs
}
