package webextest

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// basePath is where the API begins.
const basePath = "/v1"

// maxBody bounds a request's body, in bytes.
const maxBody = 1 << 20

// operation carries out an admitted request.
type operation func(*exchange) reply

// route finds what the request asks for.
func route(r *http.Request) (operation, *reply) {
	path, _ := strings.CutPrefix(r.URL.Path, basePath)
	var methods map[string]operation
	switch {
	case path == "/rooms":
		methods = map[string]operation{http.MethodPost: createRoom, http.MethodGet: listRooms}
	case strings.HasPrefix(path, "/rooms/") && !strings.Contains(roomID(r), "/"):
		methods = map[string]operation{http.MethodGet: getRoom, http.MethodPut: updateRoom, http.MethodDelete: deleteRoom}
	case path == "/people/me":
		methods = map[string]operation{http.MethodGet: getMe}
	}
	if methods == nil || !strings.HasPrefix(r.URL.Path, basePath+"/") {
		refusal := refuse(http.StatusNotFound, "The requested resource could not be found.")
		return nil, &refusal
	}
	if found := methods[r.Method]; found != nil {
		return found, nil
	}
	refusal := refuse(http.StatusMethodNotAllowed, "The resource does not support the method "+r.Method+".")
	for method := range methods {
		refusal.allow = append(refusal.allow, method)
	}
	slices.Sort(refusal.allow)
	return nil, &refusal
}

// roomID returns the last part of a path below /rooms/.
func roomID(r *http.Request) string {
	return strings.TrimPrefix(r.URL.Path, basePath+"/rooms/")
}

// readBody reads the body of a request that has one.
func (x *exchange) readBody() *reply {
	if x.r.Method != http.MethodPost && x.r.Method != http.MethodPut {
		return nil
	}
	mediaType, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		refusal := refuse(http.StatusUnsupportedMediaType, "The Content-Type must be application/json.")
		return &refusal
	}
	x.body, err = io.ReadAll(http.MaxBytesReader(x.w, x.r.Body, maxBody))
	if err == nil {
		return nil
	}
	refusal := refuse(http.StatusBadRequest, "The body could not be read.")
	var tooLong *http.MaxBytesError
	if errors.As(err, &tooLong) {
		refusal = refuse(http.StatusBadRequest, "The body is too long.")
	}
	return &refusal
}

// getMe answers GET /people/me.
func getMe(x *exchange) reply { return respond(http.StatusOK, x.person) }
