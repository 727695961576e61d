# fincrawl as one static file, run by nobody, on a file system that may be
# read-only. It writes to /data (the state file) and to $TMPDIR, /tmp by default
# (what a preview stages), and reads sources.yaml from where --config says:
#
#   docker build --build-arg VERSION=v1.2.3 -t fincrawl .
#   docker run --read-only --tmpfs /tmp:mode=1777 -v fincrawl:/data \
#     -v "$PWD/sources.yaml:/etc/fincrawl/sources.yaml:ro" -e INTERCOM_ACCESS_TOKEN \
#     fincrawl sync --config /etc/fincrawl/sources.yaml
#
# Two builds of one commit have the same bytes, with the times of files from outside:
#
#   SOURCE_DATE_EPOCH=$(git log -1 --format=%ct) docker buildx build --build-arg VERSION=v1.2.3 \
#     --output type=image,name=REGISTRY/fincrawl:v1.2.3,rewrite-timestamp=true .
#
# There is no browser in it. Where pages are to be rendered, run one beside it and
# set browser.remote to its address: see deploy/cronjob.yaml.

FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -buildvcs=false -ldflags "-s -w -X github.com/fincrawl/fincrawl/internal/version.release=${VERSION}" -o /out/fincrawl ./cmd/fincrawl
# What the program is made of (CycloneDX), as the program itself says.
RUN go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 bin -json -noserial -notimestamp -version "${VERSION}" -output /out/sbom.cdx.json /out/fincrawl
# An empty image has no folders, and COPY takes their mode from here.
RUN mkdir -p /out/writable/data /out/writable/tmp && chmod 1777 /out/writable/tmp

FROM scratch
ARG VERSION=dev
LABEL org.opencontainers.image.title="fincrawl" \
      org.opencontainers.image.description="Keeps Intercom's Fin AI Content Library equal to private help centers and wikis" \
      org.opencontainers.image.source="https://github.com/fincrawl/fincrawl" \
      org.opencontainers.image.documentation="https://github.com/fincrawl/fincrawl/blob/main/docs/deploy.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build --chown=65532:65532 /out/writable/ /
COPY --from=build /src/LICENSE /out/sbom.cdx.json /usr/share/doc/fincrawl/
COPY --from=build /out/fincrawl /usr/local/bin/fincrawl
USER 65532:65532
WORKDIR /data
ENTRYPOINT ["/usr/local/bin/fincrawl"]
