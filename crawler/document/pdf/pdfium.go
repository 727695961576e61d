package pdf

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"sync"
	"unicode/utf16"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/fincrawl/fincrawl/crawler/document/draft"
	"github.com/fincrawl/fincrawl/internal/budget"
)

// Reader runs PDFium, which Chromium uses too, as WebAssembly. A file that breaks it breaks only a sandbox,
// which has no files, no network, and a fixed amount of memory. PDFium starts with the first PDF. Compiling
// it takes a second or two, unless the user's cache contains the result. See docs/adr/0019.
type Reader struct {
	mu    sync.Mutex
	pool  pdfium.Pool             // nil before the first file
	cache wazero.CompilationCache // may be nil
}

// maxPDFMemory is the memory for reading one file, including the file itself.
const maxPDFMemory = budget.Sandbox // bytes

func (r *Reader) started() (pdfium.Pool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool != nil {
		return r.pool, nil
	}
	const wasmPage = 64 << 10
	settings := wazero.NewRuntimeConfig().WithCloseOnContextDone(true).WithMemoryLimitPages(maxPDFMemory / wasmPage)
	if r.cache == nil {
		r.cache = openCache()
	}
	if r.cache != nil {
		settings = settings.WithCompilationCache(r.cache)
	}
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal:      1,                    // one file at a time has all the memory
		FSConfig:      wazero.NewFSConfig(), // empty, since the library's default is the whole disk
		Stdout:        io.Discard,
		Stderr:        io.Discard,
		RuntimeConfig: settings,
	})
	if err != nil {
		return nil, fmt.Errorf("start the reader of PDF: %w", err)
	}
	r.pool = pool
	return pool, nil
}

// openCache opens the user's cache of compiled code. It returns nil if nothing can be written there, as in a
// container.
func openCache() wazero.CompilationCache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	cache, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, "fincrawl"))
	if err != nil {
		return nil
	}
	return cache
}

// Close frees the memory for reading.
func (r *Reader) Close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool != nil {
		_ = r.pool.Close()
		r.pool = nil
	}
	if r.cache != nil {
		_ = r.cache.Close(context.Background())
		r.cache = nil
	}
}

// file is one open file in its own sandbox, which is discarded with it.
//
// It calls PDFium's own functions (public/fpdf*.h in its sources) because a page has thousands of letters,
// and the library makes an object of each. The first failure is kept in err, and later calls do nothing.
type file struct {
	ctx       context.Context
	instance  pdfium.Pdfium
	module    api.Module
	functions map[string]api.Function
	stack     []uint64
	scratch   uint64 // address of a few bytes for results that functions return through pointers
	doc       uint64
	err       error

	optionalForms bool // objects inside others may be optional content
	unseen        draft.Places
	unsettled     unsettled
	scans         int  // pages that were drawn because words were recognised on them
	drawing       bool // a page is being drawn, or drawing it broke the sandbox
	blind         bool // no pages are drawn
}

const scratchSize = 4096

// open loads a file. If the file cannot be read, the error is a *[draft.Problem].
func (r *Reader) open(ctx context.Context, body []byte) (*file, error) {
	pool, err := r.started()
	if err != nil {
		return nil, err
	}
	instance, err := pool.GetInstanceWithContext(ctx)
	if cause := context.Cause(ctx); cause != nil {
		if err == nil {
			_ = instance.Close()
		}
		return nil, cause
	}
	if err != nil {
		return nil, fmt.Errorf("open a sandbox for a PDF: %w", err)
	}
	f := &file{ctx: ctx, instance: instance, functions: make(map[string]api.Function), stack: make([]uint64, 16)}
	if err := f.load(body); err != nil {
		f.close()
		return nil, err
	}
	return f, nil
}

func (f *file) load(body []byte) error {
	// The library's functions take no context, but those of its module do.
	module, ok := reflect.ValueOf(f.instance.GetImplementation()).Elem().FieldByName("Module").Interface().(api.Module)
	if !ok {
		return errors.New("open a sandbox for a PDF: the library keeps its module elsewhere")
	}
	f.module = module
	f.optionalForms = optionalForm().Match(body)
	f.scratch = f.call("malloc", scratchSize)
	at := f.call("malloc", uint64(len(body)))
	if f.err != nil || at == 0 || !module.Memory().Write(uint32(at), body) {
		return draft.Problemf(draft.TooLarge, "larger than what reading a PDF may take")
	}
	f.doc = f.long("FPDF_LoadMemDocument64", at, uint64(len(body)), 0)
	if f.err != nil {
		return f.problem()
	}
	if f.doc == 0 {
		const needsPassword, unknownSecurity = 4, 5
		switch code := f.call("FPDF_GetLastError"); code {
		case needsPassword:
			return draft.Problemf(draft.Encrypted, "needs a password")
		case unknownSecurity:
			return draft.Problemf(draft.Encrypted, "is protected in a way that only its own reader opens")
		default:
			return draft.Problemf(draft.Broken, "is no whole PDF")
		}
	}
	return nil
}

// optionalForm matches the entry in a stream's dictionary that makes it optional content. Streams are not
// compressed into other objects, so the entry can be found in the file's bytes.
var optionalForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`/OC\s*(?:<<|\d+\s+\d+\s+R)`) })

func (f *file) close() {
	_ = f.instance.Close() // a broken sandbox reports its error again
}

// problem returns the error that ended the reading of the file.
func (f *file) problem() error {
	if cause := context.Cause(f.ctx); cause != nil {
		return cause
	}
	return draft.Problemf(draft.Broken, "breaks the reader of PDF")
}

// long calls a function that may take long. The context can end it.
func (f *file) long(name string, args ...uint64) uint64 { return f.callIn(f.ctx, name, args) }

// call calls a function that returns at once.
func (f *file) call(name string, args ...uint64) uint64 {
	return f.callIn(context.Background(), name, args)
}

func (f *file) callIn(ctx context.Context, name string, args []uint64) uint64 {
	if f.err != nil {
		return 0
	}
	function := f.functions[name]
	if function == nil {
		if function = f.module.ExportedFunction(name); function == nil {
			f.err = fmt.Errorf("PDFium has no %s", name)
			return 0
		}
		f.functions[name] = function
	}
	f.stack[0] = 0
	copy(f.stack, args)
	if f.err = function.CallWithStack(ctx, f.stack); f.err != nil {
		return 0
	}
	return f.stack[0]
}

// count calls a function that returns an int. A negative result becomes 0.
func (f *file) count(name string, args ...uint64) int {
	return max(int(int32(uint32(f.call(name, args...)))), 0)
}

// truth calls a function that returns a boolean.
func (f *file) truth(name string, args ...uint64) bool {
	return uint32(f.call(name, args...)) != 0
}

// bytes returns n bytes that a call left in the scratch space.
func (f *file) bytes(n int) []byte {
	if f.err == nil {
		if b, ok := f.module.Memory().Read(uint32(f.scratch), uint32(n)); ok {
			return b
		}
	}
	return make([]byte, n)
}

// floats returns the four C floats that a call left in the scratch space.
func (f *file) floats() (values [4]float64) {
	b := f.bytes(4 * len(values))
	for i := range values {
		values[i] = finite(float64(math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))))
	}
	return values
}

// doubles returns the two C doubles that a call left in the scratch space.
func (f *file) doubles() (a, b float64) {
	raw := f.bytes(16)
	a = math.Float64frombits(binary.LittleEndian.Uint64(raw))
	b = math.Float64frombits(binary.LittleEndian.Uint64(raw[8:]))
	return finite(a), finite(b)
}

func finite(v float64) float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) || math.Abs(v) > 1e7 {
		return 0
	}
	return v
}

// text calls a function that writes UTF-16 into a buffer, which its last two arguments describe. The
// function returns the length in bytes, including a final zero.
func (f *file) text(name string, args ...uint64) string {
	n := f.count(name, append(args, f.scratch, scratchSize)...)
	if n < 2 || n > scratchSize {
		return ""
	}
	b := f.bytes(n - 2)
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(units))
}

// bytesText is like [file.text] for a function that writes bytes.
func (f *file) bytesText(name string, args ...uint64) string {
	n := f.count(name, append(args, f.scratch, scratchSize)...)
	if n < 1 || n > scratchSize {
		return ""
	}
	return string(f.bytes(n - 1))
}

// cString writes a word into the scratch space and returns its address.
func (f *file) cString(word string) uint64 {
	at := f.scratch + scratchSize/2
	if f.err == nil && !f.module.Memory().Write(uint32(at), append([]byte(word), 0)) {
		f.err = errors.New("the sandbox has no memory left")
	}
	return at
}
