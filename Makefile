# make          build, format check, vet, lint and the short tests: what to run before a commit
# make test     every test with the race detector, on every database server that can be reached
#
# The tests look for servers in WEFT_POSTGRES, WEFT_MYSQL and WEFT_MONGO, then on the default local ports. make test starts
# what is missing by Docker Compose, where that is there. What is still missing is skipped with a message, or fails the run
# when CI is set. CONTRIBUTING.md says more.

.DEFAULT_GOAL := all
SHELL := bash
.SHELLFLAGS := -o pipefail -c
.ONESHELL:
.SILENT:

GO          ?= go
FUZZTIME    ?= 10s
BENCH       ?= .
TESTTIMEOUT ?= 12m

# Every Go module of the repository; internal/tools only pins the linter and has no code.
MODULES := $(shell find . -name go.mod -not -path '*/node_modules/*' -not -path '*/testdata/*' \
	-not -path './internal/tools/*' -exec dirname {} \; | sort)
STANDIN := tests/mongo-standin
COMPOSE := docker compose --file $(CURDIR)/compose.yaml
LINTER  := $(GO) tool -modfile=$(CURDIR)/internal/tools/go.mod staticcheck

# in-modules runs $(1) in the folder of every module, or of those in $(2), and fails at the end when one of them failed.
define in-modules
	failed=0
	for module in $(or $(2),$(MODULES)); do
		echo "# $$module: $(strip $(1))"
		(cd $$module && $(1)) || failed=1
	done
	[ $$failed = 0 ]
endef

.PHONY: all build format vet lint short test next planted budgets fuzz golden bench bench-short bench-full bench-growth standin servers stop missing help

all: build format vet lint short ## the default: everything but the long tests

build: ## compile every package of every module
	$(call in-modules,$(GO) build ./...)

format: ## fail when gofmt would change a file
	files=$$(find . -name '*.go' -not -name '*_go1[0-9][0-9]*' -not -path '*/node_modules/*' -not -path './.git/*' | xargs gofmt -l)
	if [ -n "$$files" ]; then echo "gofmt would change:"; echo "$$files"; exit 1; fi

vet: ## go vet
	$(call in-modules,$(GO) vet ./...)

lint: ## staticcheck, and the project's own rules on style and layers
	status=0
	($(call in-modules,$(LINTER) ./...)) || status=1
	$(GO) test ./tests -count=1 -run '^(TestLayers|TestStyle)' || status=1
	exit $$status

short: ## the tests that need no server and little time
	$(call in-modules,$(GO) test -short -timeout $(TESTTIMEOUT) ./...)

# A program with the race detector in it waits for a second when it ends, for what other goroutines may still do: so would
# every test of a package, and every command that a test runs.
test: standin missing ## all tests, race detector on but for bench, whose allocations it changes
	if [ -z "$$WEFT_MONGO" ] && $(COMPOSE) ps --status running --services 2>/dev/null | grep -qx mongo; then
		export WEFT_MONGO='mongodb://127.0.0.1:27017/?replicaSet=rs0'
	fi
	status=0
	($(call in-modules,GORACE=atexit_sleep_ms=0 $(GO) test -race -count=1 -timeout $(TESTTIMEOUT) ./...,$(filter-out ./bench,$(MODULES)))) || status=1
	($(call in-modules,$(GO) test -count=1 -timeout $(TESTTIMEOUT) ./...,./bench)) || status=1
	$(MAKE) --no-print-directory planted || status=1
	$(MAKE) --no-print-directory next || status=1
	exit $$status

planted: ## plant faults in the unit of work, each of which its tests must see
	$(GO) test -tags planted -count=1 -timeout $(TESTTIMEOUT) -run TestPlantedFaults ./tests/histories

budgets: ## count statements and allocations (part of make test)
	cd bench && $(GO) test -count=1 -timeout $(TESTTIMEOUT) -run 'Allocations|Budget|Growth' . ./internal/contest

NEXTGO ?= go1.27.0

next: ## the tests of what needs a newer Go (NEXTGO), skipped aloud where it cannot be had (part of make test)
	if GOTOOLCHAIN=$(NEXTGO) $(GO) version >/dev/null 2>&1; then
		GOTOOLCHAIN=$(NEXTGO) $(GO) test -count=1 ./tests/next
	else
		echo "skipped: the toolchain $(NEXTGO) cannot be had, so that the methods with type parameters are not tested"
	fi

servers: ## start PostgreSQL, MariaDB, MySQL (port 3307) and MongoDB by Docker Compose
	$(COMPOSE) up --detach --wait

stop: ## stop what make servers started, and forget its data
	$(COMPOSE) down --volumes

# Nothing is started where a server answers or is named by its variable, nor without a Docker daemon.
missing:
	docker info >/dev/null 2>&1 && $(COMPOSE) version >/dev/null 2>&1 || exit 0
	services=
	answers() { (exec 3<>/dev/tcp/127.0.0.1/$$1) 2>/dev/null; }
	[ -n "$$WEFT_POSTGRES" ] || answers 5432 || services+=" postgres"
	[ -n "$$WEFT_MYSQL" ] || answers 3306 || services+=" mariadb"
	[ -n "$$WEFT_MONGO" ] || answers 27017 || services+=" mongo"
	[ -z "$$services" ] || $(COMPOSE) up --detach --wait $$services

fuzz: ## run every fuzz target for FUZZTIME
	failed=0
	for file in $$(grep -rlE '^func Fuzz' --include='*_test.go' --exclude-dir=node_modules . | sort); do
		for target in $$(sed -nE 's/^func (Fuzz[A-Za-z0-9_]*)\(.*/\1/p' $$file); do
			echo "# $$(dirname $$file) $$target"
			(cd $$(dirname $$file) && $(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) .) || failed=1
		done
	done
	exit $$failed

golden: ## rewrite the golden files; look at the diff as at code
	failed=0
	for dir in $$(grep -rlE 'flag\.Bool\("update"|weft/internal/golden"' --include='*_test.go' . | xargs -r -n1 dirname | sort -u); do
		(cd $$dir && $(GO) test -count=1 . -update) || failed=1
	done
	exit $$failed

bench: ## run the benchmarks whose name matches BENCH
	$(call in-modules,$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...)

bench-short: ## weft beside the raw drivers and its peers, in under three minutes
	cd bench && $(GO) run ./race -short -rounds 3 -engines "$${ENGINES:-sqlite,postgres,mariadb}"

bench-full: ## the same with all rounds, in under 20 minutes; writes bench/results and the tables of docs/performance.md
	cd bench && $(GO) run ./race -rounds 12 -limit 17m -out results -doc ../docs/performance.md

bench-growth: ## what a row costs while there are up to a million of them; writes bench/results/growth.json and its table
	cd bench && $(GO) run ./race -growth -rounds 3 -out results -doc ../docs/performance.md

# The stand-in for a MongoDB server needs its two npm packages once. Without npm, or without a network, the tests say
# what they miss.
standin:
	if [ -f $(STANDIN)/package.json ] && [ ! -f $(STANDIN)/node_modules/.package-lock.json ]; then
		if ! command -v npm >/dev/null; then
			echo "npm is not installed: the tests on the MongoDB stand-in cannot run"
		elif ! (cd $(STANDIN) && npm ci --no-audit --no-fund --loglevel=error); then
			echo "npm ci failed in $(STANDIN): the tests on the MongoDB stand-in cannot run"
		fi
	fi

help: ## list the targets
	sed -nE 's/^([a-z-]+):.*## (.*)/make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) | expand -t 16
