package sesin

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"github.com/ontdox/takedown/internal/takedown"
)

// envelope is what EventBridge puts around every event. Source: EventBridge,
// "Event structure".
type envelope[Detail any] struct {
	Version    string    `json:"version"`
	ID         string    `json:"id"`
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Account    string    `json:"account"`
	Time       time.Time `json:"time"`
	Region     string    `json:"region"`
	Resources  []string  `json:"resources"`
	Detail     Detail    `json:"detail"`
}

// created is the detail of S3's "Object Created". Source: S3, "EventBridge
// event message structure".
type created struct {
	Version string `json:"version"`
	Bucket  struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key       string `json:"key"`
		Size      int64  `json:"size"`
		ETag      string `json:"etag"`
		VersionID string `json:"version-id,omitempty"`
		Sequencer string `json:"sequencer"`
	} `json:"object"`
	RequestID string `json:"request-id"`
	Requester string `json:"requester"`
	SourceIP  string `json:"source-ip-address,omitempty"`
	Reason    string `json:"reason"`
}

// decode reads an event. Of the fields that we read, each must be of its type;
// others may be there, for AWS adds some from time to time.
func decode[Detail any](payload []byte, source string) (envelope[Detail], error) {
	var e envelope[Detail]
	dec := json.NewDecoder(bytes.NewReader(payload))
	err := dec.Decode(&e)
	if err == nil {
		if _, more := dec.Token(); more != io.EOF {
			err = takedown.Errorf(takedown.Malformed, takedown.NameInvalidInput, "more than one value")
		}
	}
	switch {
	case err != nil:
		return e, &takedown.Error{Kind: takedown.Malformed, Name: takedown.NameInvalidInput, Message: "the event cannot be read", Err: err}
	case e.Version != "0":
		return e, refuse("/version", "is not served")
	case e.Source != source:
		return e, refuse("/source", "is not "+source)
	}
	return e, nil
}

// stored gives bucket and key of an object that was put.
func stored(payload []byte) (bucket, key string, err error) {
	e, err := decode[created](payload, "aws.s3")
	switch {
	case err != nil:
		return "", "", err
	case e.DetailType != "Object Created":
		return "", "", refuse("/detail-type", "is not Object Created")
	case e.Detail.Bucket.Name == "":
		return "", "", refuse("/detail/bucket/name", "is needed")
	case e.Detail.Object.Key == "":
		return "", "", refuse("/detail/object/key", "is needed")
	}
	return e.Detail.Bucket.Name, e.Detail.Object.Key, nil
}

func refuse(pointer, detail string) error {
	return &takedown.Error{
		Kind: takedown.Invalid, Name: takedown.NameInvalidInput, Message: "the event cannot be used",
		Fields: []takedown.FieldError{{Pointer: pointer, Detail: detail}},
	}
}
