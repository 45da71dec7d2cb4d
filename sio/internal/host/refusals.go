package host

import (
	"net/http"
	"time"

	"github.com/tornadio/tornadio/sio/internal/web"
)

// ConnectionError has the fields of the packages' types of this name, where
// they are described.
type ConnectionError struct {
	Code    int
	Message string
	Context map[string]string
	Request *http.Request
	Omitted int
}

// maxReports is how many refusals a loop reports in a second: a peer that asks
// for refusals must not flood what the hook writes to.
const maxReports = 100

// Reports counts a loop's reports of refusals. It lives on the loop.
type Reports struct {
	second  int64
	made    int
	omitted int
}

// May gives the report of a refusal, nil if there were too many in this second.
func (r *Reports) May(now time.Time, why web.Refused) *ConnectionError {
	if s := now.Unix(); s != r.second {
		r.second, r.made = s, 0
	}
	if r.made == maxReports {
		r.omitted++
		return nil
	}
	r.made++
	omitted := r.omitted
	r.omitted = 0
	return &ConnectionError{Code: why.Code, Message: why.Message, Context: why.Context, Request: why.Request, Omitted: omitted}
}
