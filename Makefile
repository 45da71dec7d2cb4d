# Everything a person or CI runs. `make` alone lists it.

GO       ?= go
FUZZTIME ?= 10s
PKG      ?= ./...

STATICCHECK = $(GO) tool -modfile=.ci/tools/go.mod staticcheck
GOFILES     = $(shell find . -name '*.go' -not -path '*/node_modules/*')

.DEFAULT_GOAL := help
.PHONY: help test lint race fuzz cover cross clients picture bench bench-transports bench-more results bench-quick bench-compare

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: clients ## everything, with real clients and a real browser; installs what it needs
	$(GO) vet $(PKG)
	$(GO) test -timeout 20m $(PKG)

lint: ## gofmt, go vet and staticcheck must have nothing to say
	@unformatted="$$(gofmt -l $(GOFILES))"; test -z "$$unformatted" || { echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; }
	$(GO) vet $(PKG)
	$(STATICCHECK) $(PKG)
	@if [ -f bench/go.mod ]; then cd bench && $(GO) vet ./...; fi

# Of the real clients one of each kind: the detector looks at the server, which
# all of them have used without it.
RACECLIENTS ?= TestNodeClientsProtocol|TestTenKindsInOneRoom|TestRecovery$$

race: clients ## the same tests under the race detector, in random order (needs a C compiler)
	.ci/setup cc
	$(GO) test -race -shuffle=on -timeout 20m $$($(GO) list $(PKG) | grep -v /sio/internal/clients$$)
	$(GO) test -race -timeout 20m -run '$(RACECLIENTS)' ./sio/internal/clients

fuzz: ## every fuzz target for FUZZTIME (10s)
	.ci/fuzz $(FUZZTIME)

cover: clients ## statement coverage over all packages, left in cover.out
	$(GO) test -coverprofile=cover.out -coverpkg=./... $(PKG)
	$(GO) tool cover -func=cover.out | tail -n 1

cross: ## build for the systems that are not this one
	.ci/cross

clients: ## install Node, the npm clients, Chromium and Python's client, once
	.ci/setup node npm chromium python

picture: clients ## take the picture of the README anew
	@dir="$$(mktemp -d)" && trap 'rm -rf "$$dir"' EXIT && \
	$(GO) build -o "$$dir/chat" ./examples/chat && cd examples/chat && \
	node ../../sio/internal/clients/scripts/picture.mjs "$$dir/chat" picture.png

# The rows of bench/RESULTS.md: SCENARIO:CLIENTS@RATE.
ROWS   ?= echo:100,echo:1000,broadcast:10000,rooms:1000,rooms:1000@400,presence:1000,polling:100,connect:64,idle:10000
PEERS  ?= floor,node4
SECS   ?= 10
REPEAT ?= 5
OUT    ?= bench

bench: ## load this server, the floor and socket.io 4 side by side; writes bench.json and bench.html
	.ci/setup node
	$(GO) run -C bench . -scenario $(ROWS) -peers $(PEERS) -secs $(SECS) -repeat $(REPEAT) -json $(CURDIR)/$(OUT).json -html $(CURDIR)/$(OUT).html -svg $(CURDIR)/$(OUT).svg -md $(CURDIR)/$(OUT).md

# What a connection takes in its other forms, growth, write delays, and those
# who do not read. Each line is a session of its own.
bench-more: ## the other rows of bench/RESULTS.md; writes bench-*.md
	.ci/setup node
	$(GO) run -C bench . -scenario idle:5000 -transport polling -between-polls -secs 0.5 -warm 0 -repeat 3 -md $(CURDIR)/$(OUT)-between.md
	$(GO) run -C bench . -scenario idle:5000 -deflate -secs 0.5 -warm 0 -repeat 3 -md $(CURDIR)/$(OUT)-deflate.md
	$(GO) run -C bench . -scenario idle:5000 -tls -secs 0.5 -warm 0 -repeat 3 -md $(CURDIR)/$(OUT)-tls.md
	$(GO) run -C bench . -scenario echo:100,echo:18000,idle:18000 -secs 2 -repeat 3 -peers floor -md $(CURDIR)/$(OUT)-growth.md
	$(GO) run -C bench . -scenario rooms:1000,rooms:1000@400 -secs 2 -repeat 3 -peers ours+1ms,ours+5ms,ours+20ms -md $(CURDIR)/$(OUT)-delay.md
	$(GO) run -C bench . -scenario slow:1000@100 -secs 5 -peers floor,node4 -md $(CURDIR)/$(OUT)-slow.md
	$(GO) run -C bench . -scenario heartbeat:18000 -secs 26 -warm 0 -peers floor -md $(CURDIR)/$(OUT)-heartbeat.md
	$(GO) run -C bench . simulate -n 1000000 -limit 3m >$(CURDIR)/$(OUT)-million.txt; cat $(CURDIR)/$(OUT)-million.txt

results: ## both, into bench/results: about 18 minutes on a quiet machine
	mkdir -p bench/results
	$(MAKE) bench SECS=3 OUT=bench/results/main
	$(MAKE) bench-more OUT=bench/results/more

# Each generation's transports: PROTOCOL/TRANSPORT.
WAYS ?= eio4/websocket,eio4/polling,eio4/jsonp,eio3/websocket,eio3/polling,eio3/jsonp,rev1/websocket,rev1/flashsocket,rev1/htmlfile,rev1/xhr-polling,rev1/jsonp-polling

bench-transports: ## what a message and an idle connection cost over each transport, beside both of Node's servers
	.ci/setup node
	$(GO) run -C bench . -scenario echo:100,idle:2000 -transport $(WAYS) -peers node4,node09 -secs $(SECS) -repeat $(REPEAT) -json $(CURDIR)/$(OUT)-transports.json -html $(CURDIR)/$(OUT)-transports.html

bench-quick: ## three minutes of it as a guard: allocations, bytes a connection, CPU against the floor; the tool's own tests
	$(GO) run -C bench . -scenario echo:200,rooms:200,broadcast:1000,polling:100,idle:2000 -peers floor -secs 1.5 -warm 0.5 -repeat 3 -guard guard.json
	$(GO) test -C bench ./internal/...

bench-compare: ## make bench-compare REV=HEAD~1: what has changed since a revision, in one interleaved session
	@test -n "$(REV)" || { echo "write: make bench-compare REV=<git revision>"; exit 2; }
	$(GO) run -C bench . -scenario $(ROWS) -peers ours@$(REV) -secs $(SECS) -repeat $(REPEAT)
