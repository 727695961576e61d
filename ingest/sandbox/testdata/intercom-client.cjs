// Drives the sandbox as a program of somebody else's would: with Intercom's own client.
// Usage: node intercom-client.cjs BASE_URL TOKEN; fails where an answer is not as expected.
const assert = require("node:assert/strict");
const { IntercomClient, UnauthorizedError } = require("intercom-client");

const [baseUrl, token] = process.argv.slice(2);
const client = (auth) => new IntercomClient({ token: auth, environment: baseUrl, baseUrl, maxRetries: 0 });

async function drive(api, ids) {
  const source = await api.createContentImportSource({ url: "https://help.example.com" });
  assert.equal(source.sync_behavior, "api");
  const at = { [ids.source]: String(source.id) };

  const changed = await api.updateContentImportSource({
    ...at, sync_behavior: "api", url: "https://help.example.com/new", status: "deactivated",
  });
  assert.equal(changed.status, "deactivated");
  assert.equal((await api.getContentImportSource(at)).url, "https://help.example.com/new");
  assert.ok((await api.listContentImportSources()).data.some((s) => s.id === source.id));

  const page = { title: "Refunds", html: "<p>Within 30 days.</p>", url: "https://help.example.com/refunds",
    ai_agent_availability: true, ai_copilot_availability: true, source_id: source.id, external_id: "refunds" };
  const made = await api.createExternalPage(page);
  assert.equal(made.external_id, "refunds");
  assert.equal(made.locale, "en");
  const again = await api.createExternalPage({ ...page, title: "Refunds and returns" });
  assert.equal(again.id, made.id);

  const id = { [ids.page]: made.id };
  const updated = await api.updateExternalPage({
    ...id, title: "Returns", html: "<p>Within 14 days.</p>", url: page.url, source_id: source.id, external_id: "refunds",
  });
  assert.equal(updated.title, "Returns");
  assert.equal(updated.ai_agent_availability, true);
  assert.equal((await api.getExternalPage(id)).html, "<p>Within 14 days.</p>");
  const list = await api.listExternalPages();
  assert.deepEqual(list.data.map((p) => p.title), ["Returns"]);
  assert.equal(list.pages.total_pages, 1);

  assert.equal((await api.deleteExternalPage(id)).html, "");
  await assert.rejects(api.getExternalPage(id), (e) => e.statusCode === 404);
  await api.createExternalPage(page);
  await api.deleteContentImportSource(at);
  assert.equal((await api.listExternalPages()).data.length, 0);
}

(async () => {
  await assert.rejects(client("wrong").aiContent.listExternalPages(), UnauthorizedError);
  await drive(client(token).aiContent, { source: "source_id", page: "page_id" });
  await drive(client(token).unstable.aiContent, { source: "id", page: "id" });
  console.log("done");
})();
