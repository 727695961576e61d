# What a person types while they work. .ci/run says what must hold before a change goes in.

# The linter's version is written down once, in .ci/run. The linter reads the code as the Go
# that it was built with, so both are the Go that go.mod names.
linter := $(shell sed -n 's/^linter=//p' .ci/run)

.PHONY: build test lint ci bench rules

build:
	CGO_ENABLED=0 go build ./cmd/fincrawl

# The fast inner loop needs no root and no network. Long tests, browsers and real sites are left to ci, and most tests of
# the whole program are, too: some promises stand for them. With CI set, tests would fail for want of a real component.
promises := Scripts|PreviewTouchesNothing|TheSumsAddUp|OnlyOurs|SecretsStayIn|SameInputSamePlan|UnchangedCostsNothing

test:
	CI= go test -short $$(go list ./... | grep -v '/cmd/fincrawl$$')
	CI= go test -short -run '^Test($(promises))$$' ./cmd/fincrawl

lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "not as gofmt has it:" $$unformatted; exit 1; }
	go vet ./...
	GOTOOLCHAIN=$$(go env GOVERSION) go run $(linter) run ./...

ci:
	.ci/run

bench:
	go run ./bench

# Says of which version of gitleaks the embedded rules are, and whether a newer one is served.
rules:
	go run ./internal/check/screen/rules
