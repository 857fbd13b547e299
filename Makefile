# Every target does its own set-up: see build/setup for what each needs.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:

BIN := build/bin
TOOL := go tool -modfile=build/tools.mod
PACKAGES := ./...
WINDOW_TAGS := desktop,production,webkit2_41
DEV_TAGS := dev,webkit2_41
GO_BUILD := go build -trimpath -buildvcs=false -ldflags="-s -w"
STATIC := CGO_ENABLED=0 $(GO_BUILD)
BENCH ?= .
BENCHTIME ?= 1s
HUB ?=
CALLS ?=
TEST_FLAGS ?= -race -timeout=14m

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

.PHONY: run
run: hub cli ## open the app with a hub of its own and an Echo contact (without a display: make demo)
	@build/run

.PHONY: demo
demo: hub cli ## the same story in the terminal: a hub, two people, encrypted messages, a call
	@build/demo

.PHONY: dev
dev: ## the app with hot reload
	build/setup media window frontend
	$(TOOL) wails dev -m -viteservertimeout 60 -tags webkit2_41

.PHONY: test
test: frontend ## every test of Go and of the interface that needs no browser
	build/setup compiler media interop
	go vet $(PACKAGES)
	go test $(TEST_FLAGS) $(PACKAGES)
	build/interop
	npm --prefix frontend test

.PHONY: lint
lint: ## gofmt, go vet, staticcheck, govulncheck, svelte-check, eslint, prettier
	build/setup compiler media frontend
	build/lint $(PACKAGES)

.PHONY: e2e
e2e: window hub cli ## drive the real app, with a browser and in its own window
	build/setup browser sound
	go build -buildvcs=false -tags $(DEV_TAGS) -o $(BIN)/gossip-dev .
	go build -buildvcs=false -tags $(WINDOW_TAGS),devtools -o $(BIN)/gossip-inspected .
	cd frontend && npm run e2e

.PHONY: call-windows
call-windows: window hub cli ## two real windows call each other: what is said is compared with what is heard, and shown with captured
	build/setup browser sound
	go build -buildvcs=false -tags $(WINDOW_TAGS),devtools -o $(BIN)/gossip-inspected .
	cd frontend && npm run e2e window-call

.PHONY: screenshots
screenshots: window hub cli ## take the pictures of every screen of the real app anew
	build/setup media browser sound
	go build -buildvcs=false -tags $(DEV_TAGS) -o $(BIN)/gossip-dev .
	go build -buildvcs=false -tags $(WINDOW_TAGS),devtools -o $(BIN)/gossip-inspected .
	cd frontend && PICTURES=1 npm run e2e screenshots window

.PHONY: bench
bench: hub ## benchmarks of the packages, then of the hub: make bench BENCH=Ratchet HUB=logins; of calls: make bench CALLS=1
	if [ -n '$(CALLS)' ]; then
		$(MAKE) cli
		go run ./build/bench -hub $(BIN)/gossip-hub -cli $(BIN)/gossip-cli -calls -length 60s -only '$(filter-out 1,$(CALLS))'
		exit
	fi
	go test -run='^$$' -bench='$(BENCH)' -benchtime=$(BENCHTIME) -benchmem -timeout=30m $(PACKAGES) \
		| sed -uE '/^(PASS|ok |\?|testing: warning)/d'
	go run ./build/bench -hub $(BIN)/gossip-hub -only '$(HUB)'

.PHONY: build
build: window hub cli ## build/bin/gossip, gossip-cli and gossip-hub

.PHONY: install
install: build ## put the app into your menu, to open gossip:// links, too (build/install -u takes it away)
	build/install

.PHONY: window hub cli frontend bindings
window: frontend
	build/setup media window
	$(GO_BUILD) -tags $(WINDOW_TAGS) -o $(BIN)/gossip .

hub:
	$(STATIC) -o $(BIN)/gossip-hub ./signaling

cli: # with CGO_ENABLED=0 it is one static program that makes no calls
	[ "$${CGO_ENABLED:-1}" = 0 ] || build/setup media
	$(GO_BUILD) -o $(BIN)/gossip-cli ./backend/cmd/gossip-cli

frontend:
	build/setup frontend
	npm --prefix frontend run --silent build -- --logLevel warn

bindings: ## write frontend/wailsjs anew, after a change of App's methods
	build/setup media window
	GOSSIP_PROFILE=$(BIN)/none $(TOOL) wails generate module -tags webkit2_41
	git status --short frontend/wailsjs
