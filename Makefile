# Roomlift. "make demo" and "make test" need Go and make, and nothing else.

GO       ?= go
BIN      := bin/roomlift
FUZZTIME ?= 10s
RUNS     ?= 500
SEED     ?= 0

# golangci-lint is built from its own module file, which pins it and keeps its
# dependencies out of ours.
GOLANGCI_LINT ?= $(GO) tool -modfile=.ci/tools.mod golangci-lint

.PHONY: help build demo test race torture lint bench fuzz check release clean

help:   ## list what can be made
	@sed -n 's/^\([a-z-]*\):[^#]*## */\1\t/p' $(MAKEFILE_LIST) | expand -t 10

build:  ## build bin/roomlift
	$(GO) build -trimpath -o $(BIN) .

demo: build ## create 300 rooms on the embedded Webex; again, and nothing is created twice
	$(BIN) apply --sandbox samples/demo.csv

test:   ## run the tests
	$(GO) test $(TESTFLAGS) ./...

race:   ## run the tests under the race detector
	$(GO) test -race $(TESTFLAGS) ./...

torture: ## run the program RUNS (500) times in bad weather and kill it, about 8 minutes; SEED repeats
	$(GO) test ./provision/cli -run '^TestTorture$$' -count 1 -timeout 1h -v -torture.runs $(RUNS) -torture.seed $(SEED)

lint:   ## look for what a reviewer need not look for (about 3 minutes the first time)
	$(GOLANGCI_LINT) run

bench:  ## run the benchmarks
	$(GO) test -run '^$$' -bench . -benchmem ./...

fuzz:   ## fuzz every target for FUZZTIME (10s) each
	@.ci/fuzz $(FUZZTIME)

check: test race lint ## everything that must hold before a change is shown to others

release: ## build reproducible binaries for every system, and their checksums, in dist/
	@.ci/release dist

clean:  ## remove what was built, and the demo's results
	rm -rf bin dist
	rm -f samples/demo.sandbox.results.csv*
