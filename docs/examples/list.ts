// Lists the articles of a JSON API, for fincrawl's kind: pages.
// usage: node list.ts URL      (Node 24 runs TypeScript as it is; Node 22.6 with --experimental-strip-types)
type Article = { id: number; link: string; title: string; body: string; revision: number; draft: boolean };

const api: string = process.argv[2];
const headers = { authorization: `Bearer ${process.env.WIKI_TOKEN}` };

const say = (line: object) => process.stdout.write(JSON.stringify(line) + "\n");

async function get(path: string): Promise<any> {
  const answer = await fetch(api + path, { headers });
  if (!answer.ok) throw new Error(`${path}: HTTP ${answer.status}`);
  return answer.json();
}

async function main() {
  const me = await get("/me"); // a wrong token gets an empty list from many systems
  if (!me.name) throw new Error("the token is that of nobody");
  say({ type: "begin", protocol: 1, mode: "full" });
  let count = 0;
  for (let page = 1; ; page++) {
    const { articles, last } = await get(`/articles?page=${page}`);
    for (const a of articles as Article[]) {
      const id = String(a.id);
      if (a.draft) say({ type: "hidden", id, reason: "draft" });
      else say({ type: "page", id, url: a.link, title: a.title, html: a.body, version: String(a.revision) });
      count++;
    }
    if (last) break;
  }
  say({ type: "end", complete: true, count });
}

main().catch((e) => { console.error(e.message); process.exit(1); });
