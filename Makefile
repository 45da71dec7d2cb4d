# Everything a person or CI runs. `make` alone lists it.

GO       ?= go
FUZZTIME ?= 10s
PKG      ?= ./...

STATICCHECK = $(GO) tool -modfile=.ci/tools/go.mod staticcheck
GOFILES     = $(shell find . -name '*.go' -not -path '*/node_modules/*')

.DEFAULT_GOAL := help
.PHONY: help test lint race fuzz cover cross clients picture

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

test: clients ## everything, with real clients and a real browser; installs what it needs
	$(GO) vet $(PKG)
	$(GO) test $(PKG)

lint: ## gofmt, go vet and staticcheck must have nothing to say
	@unformatted="$$(gofmt -l $(GOFILES))"; test -z "$$unformatted" || { echo "not gofmt-ed:"; echo "$$unformatted"; exit 1; }
	$(GO) vet $(PKG)
	$(STATICCHECK) $(PKG)
	@if [ -f bench/go.mod ]; then cd bench && $(GO) vet ./...; fi

race: clients ## the same tests under the race detector, in random order (needs a C compiler)
	.ci/setup cc
	$(GO) test -race -shuffle=on $(PKG)

fuzz: ## every fuzz target for FUZZTIME (10s)
	.ci/fuzz $(FUZZTIME)

cover: clients ## statement coverage over all packages, left in cover.out
	$(GO) test -coverprofile=cover.out -coverpkg=./... $(PKG)
	$(GO) tool cover -func=cover.out | tail -n 1

cross: ## build for the systems that are not this one
	.ci/cross

clients: ## install Node, the npm clients and Chromium, once
	.ci/setup node npm chromium

picture: clients ## take the picture of the README anew
	@dir="$$(mktemp -d)" && trap 'rm -rf "$$dir"' EXIT && \
	$(GO) build -o "$$dir/chat" ./examples/chat && cd examples/chat && \
	node ../../sio/internal/clients/scripts/picture.mjs "$$dir/chat" picture.png
