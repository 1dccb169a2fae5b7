package asl

import "slices"

var stateFields = map[stateType][]string{
	passState:     {"Next", "End", "InputPath", "OutputPath", "Parameters", "Result", "ResultPath", "Assign"},
	choiceState:   {"InputPath", "OutputPath", "Assign", "Choices", "Default"},
	waitState:     {"Next", "End", "InputPath", "OutputPath", "Assign", "Seconds", "SecondsPath", "Timestamp", "TimestampPath"},
	succeedState:  {"InputPath", "OutputPath"},
	failState:     {"Error", "ErrorPath", "Cause", "CausePath"},
	parallelState: {"Next", "End", "InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath", "Assign", "Retry", "Catch", "Branches"},
	taskState: {
		"Next", "End", "InputPath", "OutputPath", "Parameters", "ResultSelector", "ResultPath", "Assign", "Retry", "Catch",
		"Resource", "TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath", "Credentials",
	},
	mapState: {
		"Next", "End", "InputPath", "OutputPath", "Parameters", "ItemSelector", "ResultSelector", "ResultPath", "Assign", "Retry", "Catch",
		"ItemsPath", "ItemProcessor", "Iterator", "MaxConcurrency", "MaxConcurrencyPath",
	},
}

func (l *loader) state(name string, v any, at string) *state {
	raw, ok := v.(Object)
	if !ok {
		l.refuse(at, "must be an object")
		return nil
	}
	t, _ := raw.Get("Type")
	typ, _ := t.(string)
	known, ok := stateFields[stateType(typ)]
	if !ok {
		l.refuse(child(at, "Type"), "not a type of state")
		return nil
	}
	o, _ := l.object(raw, at, append([]string{"Type", "QueryLanguage"}, known...)...)
	l.queryLanguage(o, at)
	s := &state{name: name, typ: stateType(typ)}
	s.input, s.output = l.pathField(o, at, "InputPath"), l.pathField(o, at, "OutputPath")
	s.resultPath = l.resultPath(o, at)
	s.selector, s.assign = l.template(o, at, "ResultSelector"), l.assign(o, at)
	if s.typ != mapState {
		s.params = l.template(o, at, "Parameters")
	}
	s.retry, s.catch = l.retriers(o, at), l.catchers(o, at)
	if slices.Contains(known, "Next") {
		l.next(s, o, at)
	}
	l.special(s, o, at)
	return s
}

func (l *loader) next(s *state, o Object, at string) {
	next, hasNext := o.Get("Next")
	end, hasEnd := o.Get("End")
	name, ok := next.(string)
	switch {
	case hasNext && hasEnd:
		l.refuse(child(at, "End"), "Next is there too")
	case hasNext && (!ok || name == ""):
		l.refuse(child(at, "Next"), "must name a state")
	case hasEnd && end != true:
		l.refuse(child(at, "End"), "must be true")
	case !hasNext && !hasEnd:
		l.refuse(at, "Next or End is missing")
	}
	s.next = name
}

func (l *loader) special(s *state, o Object, at string) {
	switch s.typ {
	case passState:
		if v, ok := o.Get("Result"); ok {
			s.result = &Data{v}
		}
	case taskState:
		l.task(s, o, at)
	case choiceState:
		l.choice(s, o, at)
	case waitState:
		l.wait(s, o, at)
	case failState:
		s.errorName, s.cause = l.says(o, at, "Error"), l.says(o, at, "Cause")
	case parallelState:
		l.parallel(s, o, at)
	case mapState:
		l.mapOf(s, o, at)
	case succeedState:
	}
}

func (l *loader) task(s *state, o Object, at string) {
	v, _ := o.Get("Resource")
	arn, _ := v.(string)
	r, ok := parseResource(arn)
	switch {
	case !ok:
		l.refuse(child(at, "Resource"), "not the ARN of a task")
	case l.host.Supports == nil || !l.host.Supports(r):
		l.refuse(child(at, "Resource"), "there is no handler for this resource")
	}
	s.resource = r
	params, isObject := s.rawParams(o)
	if ok && r.Kind == ServiceResource && !isObject {
		l.refuse(child(at, "Parameters"), "must be an object")
	}
	if ok && isObject && l.host.Check != nil {
		if field, reason := l.host.Check(r, params); reason != "" {
			l.refuse(child(child(at, "Parameters"), field), "%s", reason)
		}
	}
	s.timeout = l.number(o, at, "TimeoutSeconds", 1, maxSeconds)
	s.heartbeat = l.number(o, at, "HeartbeatSeconds", 1, maxSeconds)
	if s.timeout.n > 0 && s.heartbeat.n >= s.timeout.n {
		l.refuse(child(at, "HeartbeatSeconds"), "must be less than TimeoutSeconds")
	}
	s.credentials = l.template(o, at, "Credentials")
	if _, ok := o.Get("Credentials"); ok && l.host.OwnIdentity {
		l.refuse(child(at, "Credentials"), "this host acts under its own identity alone")
	}
}

// rawParams gives the Parameters as written, {} without.
func (s *state) rawParams(o Object) (Object, bool) {
	v, ok := o.Get("Parameters")
	if !ok {
		return Object{}, true
	}
	p, isObject := v.(Object)
	return p, isObject
}

func (l *loader) wait(s *state, o Object, at string) {
	s.seconds = l.number(o, at, "Seconds", 0, maxSeconds)
	s.timestamp = l.text(o, at, "Timestamp")
	if isIntrinsic(s.timestamp.path) {
		l.refuse(child(at, "TimestampPath"), "an intrinsic function is not supported here")
	}
	if s.seconds.set == s.timestamp.set {
		l.refuse(at, "exactly one of Seconds, SecondsPath, Timestamp and TimestampPath must be there")
	}
	if s.timestamp.set && s.timestamp.expr == nil {
		if _, ok := parseTimestamp(s.timestamp.text); !ok {
			l.refuse(child(at, "Timestamp"), "not a timestamp")
		}
	}
}

func (l *loader) parallel(s *state, o Object, at string) {
	v, _ := o.Get("Branches")
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		l.refuse(child(at, "Branches"), "must be a list with at least one branch")
		return
	}
	for i, b := range list {
		here := index(child(at, "Branches"), i)
		m := &machine{}
		if bo, ok := l.object(b, here, "StartAt", "States"); ok {
			l.machine(m, bo, here)
		}
		s.branches = append(s.branches, m)
	}
}

func (l *loader) mapOf(s *state, o Object, at string) {
	s.items = l.pathField(o, at, "ItemsPath")
	if s.items.null {
		l.refuse(child(at, "ItemsPath"), "must be a path")
	}
	s.item = l.either(o, at, "ItemSelector", "Parameters")
	s.concurrency = l.number(o, at, "MaxConcurrency", 0, maxSeconds)
	v, ok := o.Get("ItemProcessor")
	key := "ItemProcessor"
	if old, isOld := o.Get("Iterator"); isOld {
		if ok {
			l.refuse(child(at, "Iterator"), "ItemProcessor is there too")
		}
		v, key = old, "Iterator"
	}
	here := child(at, key)
	m := &machine{}
	if p, ok := l.object(v, here, "StartAt", "States", "ProcessorConfig"); ok {
		l.processorConfig(p, here)
		l.machine(m, p, here)
	}
	s.branches = []*machine{m}
}

func (l *loader) either(o Object, at, a, b string) *template {
	if _, ok := o.Get(a); !ok {
		return l.template(o, at, b)
	}
	if _, ok := o.Get(b); ok {
		l.refuse(child(at, b), "%s is there too", a)
	}
	return l.template(o, at, a)
}

func (l *loader) processorConfig(p Object, at string) {
	v, ok := p.Get("ProcessorConfig")
	if !ok {
		return
	}
	here := child(at, "ProcessorConfig")
	o, ok := l.object(v, here, "Mode")
	if mode, has := o.Get("Mode"); ok && has && mode != "INLINE" {
		l.refuse(child(here, "Mode"), "only INLINE is supported")
	}
}

func (l *loader) retriers(o Object, at string) []retrier {
	v, ok := o.Get("Retry")
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		l.refuse(child(at, "Retry"), "must be a list")
	}
	var out []retrier
	for i, e := range list {
		here := index(child(at, "Retry"), i)
		ro, ok := l.object(e, here, "ErrorEquals", "IntervalSeconds", "MaxAttempts", "BackoffRate", "MaxDelaySeconds", "JitterStrategy")
		if ok {
			out = append(out, l.retrier(ro, here, i == len(list)-1))
		}
	}
	return out
}

func (l *loader) retrier(o Object, at string, last bool) retrier {
	r := retrier{errors: l.errorEquals(o, at, last), interval: 1, attempts: 3, backoff: 2}
	if n, ok := l.whole(o, at, "IntervalSeconds", 1, maxSeconds); ok {
		r.interval = n
	}
	if n, ok := l.whole(o, at, "MaxAttempts", 0, maxSeconds); ok {
		r.attempts = n
	}
	if n, ok := l.whole(o, at, "MaxDelaySeconds", 1, 31622400); ok {
		r.maxDelay = n
		if n <= r.interval {
			l.refuse(child(at, "MaxDelaySeconds"), "must be more than IntervalSeconds")
		}
	}
	if v, ok := o.Get("BackoffRate"); ok {
		n, isNumber := v.(Number)
		if r.backoff = n.asFloat(); !isNumber || r.backoff < 1 {
			l.refuse(child(at, "BackoffRate"), "must be a number of at least 1")
		}
	}
	switch v, ok := o.Get("JitterStrategy"); {
	case ok && v == "FULL":
		r.jitter = true
	case ok && v != "NONE":
		l.refuse(child(at, "JitterStrategy"), "must be FULL or NONE")
	}
	return r
}

func (l *loader) errorEquals(o Object, at string, last bool) []string {
	here := child(at, "ErrorEquals")
	v, _ := o.Get("ErrorEquals")
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		l.refuse(here, "must be a list with at least one error's name")
		return nil
	}
	var out []string
	for i, e := range list {
		s, ok := e.(string)
		if !ok {
			l.refuse(index(here, i), "must be a text")
		}
		if s == "States.ALL" && (len(list) > 1 || !last) {
			l.refuse(index(here, i), "States.ALL must stand alone and in the last place")
		}
		out = append(out, s)
	}
	return out
}

func (l *loader) catchers(o Object, at string) []catcher {
	v, ok := o.Get("Catch")
	if !ok {
		return nil
	}
	list, ok := v.([]any)
	if !ok {
		l.refuse(child(at, "Catch"), "must be a list")
	}
	var out []catcher
	for i, e := range list {
		here := index(child(at, "Catch"), i)
		co, ok := l.object(e, here, "ErrorEquals", "Next", "ResultPath", "Assign")
		if !ok {
			continue
		}
		next, _ := co.Get("Next")
		name, _ := next.(string)
		if name == "" {
			l.refuse(child(here, "Next"), "must name a state")
		}
		out = append(out, catcher{l.errorEquals(co, here, i == len(list)-1), name, l.resultPath(co, here), l.assign(co, here)})
	}
	return out
}
