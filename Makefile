# What people run. `make help` lists the targets; `.ci/run` is the same for a bare machine.
#
# Everything is built for the whole workspace at once: `cargo build -p one-crate` has other features and would build most
# dependencies again.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TARGET := $(or $(CARGO_TARGET_DIR),target)
PNPM := $(shell command -v pnpm || echo npx --yes pnpm@10.34.9)
LISTEN ?= 127.0.0.1:8080
LARGE ?= $(TARGET)/large
export PNPM TARGET

.PHONY: help run dev test contract audit mutants s3 lint fmt deny pictures bench bench-web bench-web-large e2e e2e-large web web-install generate clean

help: ## This list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 17

run: web ## Build everything and start a fresh demo organisation
	cargo build --workspace
	$(TARGET)/debug/guanxi demo --listen $(LISTEN)

dev: web-install ## Server and web UI with reload on change (the UI is at the address that vite prints)
	mkdir -p web/dist
	cargo build --workspace
	trap 'kill $$(jobs -p) 2>/dev/null || true' EXIT; \
	$(TARGET)/debug/guanxi demo --listen $(LISTEN) & \
	cd web && GUANXI_URL=http://$(LISTEN) $(PNPM) dev

test: ## All checks and tests, as CI runs them
	.ci/test

contract: ## The running server against its own OpenAPI document (Schemathesis; needs Python 3)
	cargo build --workspace
	tests/schemathesis/run.sh $(abspath $(TARGET))/debug/guanxi

audit: ## The audit log from outside; with Go and its package golang.org/x/mod also by an independent program
	cargo build --workspace
	tests/audit/run.sh $(abspath $(TARGET))/debug/guanxi

mutants: ## Drops one predicate of the access rules at a time: which test notices? (hours; needs Python 3 and cargo-nextest)
	tests/mutants/run.sh

s3: ## Files in an S3 bucket, on a server that speaks S3 (Moto; needs Python 3)
	cargo build --workspace
	tests/s3/run.sh $(abspath $(TARGET))/debug/guanxi

lint: web-install ## Formatting, clippy, tidy, cargo-deny without advisories, and the web checks
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cargo build --workspace --all-targets
	$(TARGET)/debug/xtask tidy
	@if command -v cargo-deny >/dev/null; then cargo deny --log-level error check bans licenses sources; \
	else echo "cargo-deny is not installed, left out: cargo install --locked cargo-deny"; fi
	cd web && $(PNPM) check

fmt: web-install ## Write everything in the standard form
	cargo fmt --all
	cd web && $(PNPM) biome check --write

deny: ## Licences, bans, sources and advisories by cargo-deny
	@command -v cargo-deny >/dev/null || cargo install --locked cargo-deny
	cargo deny check

bench: web ## The benchmark table (release build), printed and in target/benchmark.md; docs/benchmarks.md keeps the last ones
	cargo build --release --workspace
	$(TARGET)/release/guanxi bench --out $(TARGET)/benchmark.md

bench-web: web ## Figures of the pages in Chromium, live updates, scrolling 10,000 rows, Lighthouse (release build)
	cargo build --release --workspace
	cd web && USERS=32 FILL=1 GUANXI_BIN=$(abspath $(TARGET))/release/guanxi node scripts/with_demo.mjs \
	scripts/bench.mjs scripts/streams.mjs scripts/scroll.mjs scripts/lighthouse.mjs

bench-web-large: web ## Figures of the pages and of scrolling at size L, kept in LARGE (release build)
	cargo build --release --workspace
	cd web && OBJECT=contact SIZE=l DATA=$(abspath $(LARGE)) GUANXI_BIN=$(abspath $(TARGET))/release/guanxi node scripts/with_demo.mjs \
	scripts/bench.mjs scripts/scroll.mjs

pictures: web ## The pictures of the user guide, made anew from a demo organisation
	cargo build --workspace
	cd web && GUANXI_BIN=$(abspath $(TARGET))/debug/guanxi node scripts/with_demo.mjs scripts/pictures.mjs

e2e: web ## Browser tests against the real binary
	cargo build --workspace
	cd web && GUANXI_BIN=$(abspath $(TARGET))/debug/guanxi $(PNPM) e2e

e2e-large: web ## Screens at size L, made in LARGE the first time: about a quarter of an hour, 6 GB (release build)
	cargo build --release --workspace
	cd web && E2E_LARGE=$(abspath $(LARGE)) GUANXI_BIN=$(abspath $(TARGET))/release/guanxi $(PNPM) e2e large

web: web-install ## Build the web UI
	cd web && $(PNPM) build

web-install:
	cd web && $(PNPM) install --frozen-lockfile --prefer-offline

generate: web-install ## Write the generated files: JSON Schemas, OpenAPI types of the web client
	cargo build --workspace
	$(TARGET)/debug/xtask schema
	web/node_modules/.bin/openapi-typescript web/src/api/openapi.json --output web/src/api/generated.ts

clean: ## Remove what was built
	cargo clean
	rm -rf web/dist web/node_modules
