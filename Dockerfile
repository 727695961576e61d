# fincrawl as one static file, run by nobody, on a file system that may be
# read-only. It writes to /data (the state file) and to $TMPDIR, /tmp by default
# (what a preview stages), and reads sources.yaml from where --config says:
#
#   docker build --build-arg VERSION=v1.2.3 -t fincrawl .
#   docker run --read-only --tmpfs /tmp:mode=1777 -v fincrawl:/data \
#     -v "$PWD/sources.yaml:/etc/fincrawl/sources.yaml:ro" -e INTERCOM_ACCESS_TOKEN \
#     fincrawl sync --config /etc/fincrawl/sources.yaml
#
# There is no browser in it. Where pages are to be rendered, run one beside it and
# set browser.remote to its address: see deploy/cronjob.yaml.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X github.com/fincrawl/fincrawl/internal/version.release=${VERSION}" -o /out/fincrawl ./cmd/fincrawl
# An empty image has no folders, and COPY takes their mode from here.
RUN mkdir -p /out/writable/data /out/writable/tmp && chmod 1777 /out/writable/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/writable/ /
COPY --from=build /out/fincrawl /usr/local/bin/fincrawl
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/fincrawl"]
