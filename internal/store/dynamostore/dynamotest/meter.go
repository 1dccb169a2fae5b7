package dynamotest

import (
	"context"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go/middleware"
)

// Units are what calls cost, as the service counts it (ReturnConsumedCapacity).
type Units struct {
	Calls int
	Read  float64 // read units, indexes included
	Write float64 // write units, indexes included
	Lists float64 // of these, writes to the index of lists
	Due   float64 // of these, writes to the index of the outbox
	// Rows says how many rows were written in transactions, by the first part of
	// their keys ("s/head", "s/r", "k", "e" …).
	Rows map[string]int
}

// Meter counts what the calls of a configuration cost, and which they are.
type Meter struct {
	mu      sync.Mutex
	units   Units
	actions map[string]int
}

// On lets a configuration's calls be counted.
func (m *Meter) On(cfg aws.Config) aws.Config {
	cfg.APIOptions = append(cfg.APIOptions[:len(cfg.APIOptions):len(cfg.APIOptions)], func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("Meter", m.count), middleware.Before)
	})
	return cfg
}

// Take gives what was counted since the last time.
func (m *Meter) Take() Units {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := m.units
	m.units = Units{}
	return out
}

// Actions says how often each action was called.
func (m *Meter) Actions() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := map[string]int{}
	for a, n := range m.actions {
		out[a] = n
	}
	return out
}

func (m *Meter) count(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
	ask(in.Parameters)
	out, meta, err := next.HandleInitialize(ctx, in)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.actions == nil {
		m.actions = map[string]int{}
	}
	m.actions[middleware.GetOperationName(ctx)]++
	m.units.Calls++
	if tx, ok := in.Parameters.(*dynamodb.TransactWriteItemsInput); ok && err == nil {
		m.units.rows(tx)
	}
	if err == nil {
		used, write := spent(out.Result)
		for _, c := range used {
			m.units.add(c, write)
		}
	}
	return out, meta, err
}

// ask has the answer say what the call cost.
func ask(params any) {
	const all = types.ReturnConsumedCapacityIndexes
	switch in := params.(type) {
	case *dynamodb.GetItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.BatchGetItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.QueryInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.PutItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.UpdateItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.DeleteItemInput:
		in.ReturnConsumedCapacity = all
	case *dynamodb.TransactWriteItemsInput:
		in.ReturnConsumedCapacity = all
	}
}

// spent says what an answer's call cost, and whether it wrote.
func spent(result any) (used []types.ConsumedCapacity, write bool) {
	one := func(c *types.ConsumedCapacity) []types.ConsumedCapacity {
		if c == nil {
			return nil
		}
		return []types.ConsumedCapacity{*c}
	}
	switch out := result.(type) {
	case *dynamodb.GetItemOutput:
		return one(out.ConsumedCapacity), false
	case *dynamodb.BatchGetItemOutput:
		return out.ConsumedCapacity, false
	case *dynamodb.QueryOutput:
		return one(out.ConsumedCapacity), false
	case *dynamodb.PutItemOutput:
		return one(out.ConsumedCapacity), true
	case *dynamodb.UpdateItemOutput:
		return one(out.ConsumedCapacity), true
	case *dynamodb.DeleteItemOutput:
		return one(out.ConsumedCapacity), true
	case *dynamodb.TransactWriteItemsOutput:
		return out.ConsumedCapacity, true
	}
	return nil, false
}

func (u *Units) add(c types.ConsumedCapacity, write bool) {
	if !write {
		u.Read += aws.ToFloat64(c.CapacityUnits)
		return
	}
	u.Write += aws.ToFloat64(c.CapacityUnits)
	for _, i := range c.GlobalSecondaryIndexes {
		u.Lists += aws.ToFloat64(i.CapacityUnits)
	}
	for _, i := range c.LocalSecondaryIndexes {
		u.Due += aws.ToFloat64(i.CapacityUnits)
	}
}

// rows counts the rows that a transaction writes.
func (u *Units) rows(tx *dynamodb.TransactWriteItemsInput) {
	if u.Rows == nil {
		u.Rows = map[string]int{}
	}
	for _, i := range tx.TransactItems {
		var at map[string]types.AttributeValue
		switch {
		case i.Put != nil:
			at = i.Put.Item
		case i.Update != nil:
			at = i.Update.Key
		case i.Delete != nil:
			at = i.Delete.Key
		}
		u.Rows[kind(at)]++
	}
}

// kind is the first part of a row's key, and of its sort key within a stream.
func kind(at map[string]types.AttributeValue) string {
	part := func(name string) string {
		v, _ := at[name].(*types.AttributeValueMemberS)
		if v == nil {
			return ""
		}
		first, _, _ := strings.Cut(v.Value, "#")
		return first
	}
	if pk := part("pk"); pk != "s" {
		return pk
	}
	return "s/" + part("sk")
}
