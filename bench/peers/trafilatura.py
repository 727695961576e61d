"""What Python's trafilatura takes for the main content of the pages in DIR (see
bench/extract), a line of JSON each; the last says what all of them cost."""
import glob, gzip, json, os, sys, time
import trafilatura

name = "trafilatura %s (Python)" % trafilatura.__version__
began = time.process_time()
for file in sorted(glob.glob(os.path.join(sys.argv[1], "truth", "*.json"))):
    page_id = os.path.basename(file)[:-len(".json")]
    with open(file, encoding="utf-8") as f:
        url = json.load(f)["url"]
    with gzip.open(os.path.join(sys.argv[1], "html", page_id + ".html.gz"), "rt", encoding="utf-8") as f:
        found = trafilatura.extract(f.read(), url=url, output_format="html", include_comments=True)
    print(json.dumps({"library": name, "id": page_id, "html": found or ""}))
print(json.dumps({"library": name, "cpu_ms": (time.process_time() - began) * 1000}))
