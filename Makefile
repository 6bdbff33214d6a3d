# Roomlift. "make demo" and "make test" need Go and make, and nothing else.

GO       ?= go
BIN      := bin/roomlift
FUZZTIME ?= 10s
RUNS     ?= 500
SEED     ?= 0

# golangci-lint is built from its own module file, which pins it and keeps its
# dependencies out of ours.
GOLANGCI_LINT ?= $(GO) tool -modfile=.ci/tools.mod golangci-lint

.PHONY: help build demo test race torture lint bench bench-check fuzz check release clean

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

torture: ## lose answers, cut the power and kill the program, by the thousand (about 10 minutes); SEED repeats
	$(GO) test ./provision -run 'Torture|EveryCrash|FullDisk' -count 1 -timeout 1h -v -torture.scenarios 3000 -torture.seed $(SEED)
	$(GO) test ./provision -run AnyWeather -count 1 -timeout 1h -v -rapid.checks 2000
	$(GO) test ./provision/cli -run '^TestTorture$$' -count 1 -timeout 1h -v -torture.runs $(RUNS) -torture.seed $(SEED)

lint:   ## look for what a reviewer need not look for (about 3 minutes the first time)
	$(GOLANGCI_LINT) run

bench:  ## run the benchmarks, and print the limiter's table (minutes)
	$(GO) test -run '^$$' -bench . -benchmem ./...
	$(GO) test ./ratelimit -run '^TestTable$$' -count 1 -bench-table=all -v

bench-check: ## fail if the limiter, or one of its seeds by far, misses what it must reach
	$(GO) test ./ratelimit -run '^TestTable$$' -count 1 -bench-check -v

fuzz:   ## fuzz every target for FUZZTIME (10s) each
	@.ci/fuzz $(FUZZTIME)

check: test race lint ## everything that must hold before a change is shown to others

release: ## build reproducible binaries for every system, and their checksums, in dist/
	@.ci/release dist

clean:  ## remove what was built, and the demo's results
	rm -rf bin dist
	rm -f samples/demo.sandbox.results.csv*
