package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/zlib"
	"errors"
	"io"
	"net/http"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// acceptedEncodings are the content encodings that newDecoder undoes.
const acceptedEncodings = "gzip, deflate, br, zstd"

// newDecoder returns a reader that undoes one content encoding of body (RFC 9110, section 8.4.1). It returns
// nil if there is nothing to undo, for instance if the name is unknown but the body is readable as it is. It
// returns an error if already the first bytes cannot be decoded.
func newDecoder(encoding string, body []byte) (io.ReadCloser, error) {
	r := bytes.NewReader(body)
	switch encoding {
	case "":
		return nil, nil
	case "gzip", "x-gzip":
		return gzip.NewReader(r)
	case "deflate":
		// The standard means zlib. Some servers send the bare deflate stream.
		start := bufio.NewReader(r)
		if head, _ := start.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && (int(head[0])<<8|int(head[1]))%31 == 0 {
			return zlib.NewReader(start)
		}
		return flate.NewReader(start), nil
	case "br":
		return io.NopCloser(brotli.NewReader(r)), nil
	case "zstd":
		// RFC 9659 limits the window that a web server may use to 8 MB.
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}
	if http.DetectContentType(body) == "application/octet-stream" {
		return nil, errors.New("an encoding that was not asked for")
	}
	return nil, nil // "identity", or a value of another header, such as "utf-8"
}
