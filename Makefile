# Roomlift. "make demo" and "make test" need Go and make, and nothing else.

GO      ?= go
BIN     := bin/roomlift
FUZZING ?= 10s

.PHONY: build demo test race lint bench fuzz check clean

build:            ## build bin/roomlift
	$(GO) build -trimpath -o $(BIN) .

demo: build       ## run the main job on the embedded sandbox; again, and nothing is made twice
	$(BIN) apply --sandbox samples/demo.csv

test:             ## run the tests
	$(GO) test ./...

race:             ## run the tests under the race detector
	$(GO) test -race ./...

clean:            ## remove what was built, and the demo's results
	rm -rf bin dist samples/*.results.csv*
