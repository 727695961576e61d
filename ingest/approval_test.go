package ingest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/fincrawl/fincrawl/crawler"
	"github.com/fincrawl/fincrawl/ingest"
	"github.com/fincrawl/fincrawl/state"
)

// saved is an approval of a plan, written to a file and read again.
func saved(t *testing.T, plan ingest.Plan, is ingest.SourceChange) ingest.ApprovedSource {
	t.Helper()
	a := ingest.NewApproval("run-1", "app-1", noon)
	a.Add(plan, is)
	var file bytes.Buffer
	if err := a.Write(&file); err != nil {
		t.Fatal(err)
	}
	read, err := ingest.ReadApproval(&file)
	if err != nil {
		t.Fatal(err)
	}
	s, ok := read.Source(plan.Source)
	if _, other := read.Source("another"); !ok || other || read.Workspace != "app-1" || !read.Created.Equal(noon) {
		t.Fatalf("read %+v", read)
	}
	return s
}

func TestOnlyWhatWasShownIsWithinAnApproval(t *testing.T) {
	shown := ingest.Inputs{
		Source: "wiki", Coverage: complete,
		Pages: values(page("changes", "2"), page("new", "1"), page("same", "1")),
		Entries: values(entry("changes", "1"), entry("gone", "1"),
			with(entry("missing", "1"), func(e *state.Entry) { e.Misses = 0 }), entry("same", "1")),
		Outcome: outcomes(map[string]ended{address("gone"): {crawler.Gone, ""}}),
	}
	approved := saved(t, policy.Apply(mustPlan(t, shown)), ingest.SourceChange{})
	if approved.Deletes != 1 {
		t.Errorf("the ceiling is %d", approved.Deletes)
	}
	type fresh struct {
		pages   []state.Staged
		entries []state.Entry
		gone    []string
	}
	for name, test := range map[string]struct {
		fresh fresh
		want  []string
	}{
		"all as it was shown": {
			fresh{[]state.Staged{page("changes", "2"), page("new", "1"), page("same", "1")},
				[]state.Entry{entry("changes", "1"), entry("gone", "1"), entry("same", "1")}, []string{"gone"}},
			[]string{"~ changes", "- gone", "+ new", "= same"},
		},
		"changed again since": {
			fresh{[]state.Staged{page("changes", "3"), page("new", "2"), page("same", "2")},
				[]state.Entry{entry("changes", "1"), entry("same", "1")}, nil},
			[]string{"? changes approval", "? new approval", "? same approval"},
		},
		"something else too": {
			fresh{[]state.Staged{page("newer", "1")}, []state.Entry{entry("gone", "1"), entry("same", "1")}, []string{"gone", "same"}},
			[]string{"- gone", "? newer approval", "? same approval"},
		},
		"its absence was shown as not confirmed": {
			fresh{[]state.Staged{page("same", "1")}, []state.Entry{entry("missing", "1"), entry("same", "1")}, []string{"missing"}},
			[]string{"? missing approval", "= same"},
		},
		"sent by another run meanwhile": {
			fresh{[]state.Staged{page("changes", "2"), page("new", "1")}, []state.Entry{entry("changes", "2"), entry("new", "0")}, nil},
			[]string{"= changes", "~ new"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			ends := map[string]ended{}
			for _, id := range test.fresh.gone {
				ends[address(id)] = ended{crawler.Gone, ""}
			}
			plan := approved.Policy(policy).Apply(mustPlan(t, ingest.Inputs{
				Source: "wiki", Coverage: complete, Outcome: outcomes(ends),
				Pages: values(test.fresh.pages...), Entries: values(test.fresh.entries...),
			}))
			var got []string
			for _, c := range plan.Changes {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", c.Action, c.ExternalID, c.Guard)))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Connapse PR 406: an approval is a ceiling that is weighed again, not a replay.
func TestAnApprovalRaisesTheCeilingsAndNothingElse(t *testing.T) {
	many := func() ingest.Inputs { return shrunk(100, 30, 0, 0, complete) }
	shown := policy.Apply(mustPlan(t, many()))
	if shown.HeldBack() != 30 {
		t.Fatalf("%d held", shown.HeldBack())
	}
	approved := saved(t, shown, ingest.SourceChange{})
	// A plan that nobody looked at lets go of nothing that was held.
	if n := applied(t, approved, many()).Counts()[ingest.Delete]; n != 0 || approved.Deletes != 0 {
		t.Errorf("%d deletes of a plan that nobody approved", n)
	}
	for i := range approved.Changes {
		if c := approved.Changes[i]; c.Action == ingest.Held {
			if c.Approved == nil || *c.Approved {
				t.Fatalf("it does not say approved: false: %+v", c)
			}
			*approved.Changes[i].Approved = true
		}
	}
	if n := applied(t, approved, many()).Counts()[ingest.Delete]; n != 30 {
		t.Errorf("%d deletes of 30 that were shown and approved", n)
	}
	// Ten more went since: those thirty go, the ten are held.
	more := applied(t, approved, shrunk(100, 40, 0, 0, complete))
	if n := more.Counts(); n[ingest.Delete] != 30 || n[ingest.Held] != 10 {
		t.Errorf("got %v", n)
	}
	// An incomplete crawl deletes nothing that was seen only once, whatever was approved.
	blind := applied(t, approved, shrunk(100, 40, 0, 0, crawler.Coverage{}))
	for _, c := range blind.Changes {
		if c.Action == ingest.Delete {
			t.Fatalf("got %+v", c)
		}
	}
	if n := blind.Counts()[ingest.Delete]; n != 0 {
		t.Errorf("%d deletes after an incomplete crawl", n)
	}
}

// applied is the plan of a run that has an approved plan.
func applied(t *testing.T, s ingest.ApprovedSource, in ingest.Inputs) ingest.Plan {
	t.Helper()
	decisions, err := s.Decisions("anna", noon)
	if err != nil {
		t.Fatal(err)
	}
	return s.Policy(policy).ApplyDecided(mustPlan(t, in), ingest.Decisions{}.Decide(decisions...))
}

func TestAllowedDeletesRaiseBothCeilings(t *testing.T) {
	for allow, want := range map[int]int{0: 0, 29: 0, 30: 30, 31: 30} {
		p := policy
		p.Allow = allow
		if n := p.Apply(mustPlan(t, shrunk(100, 30, 0, 0, complete))).Counts()[ingest.Delete]; n != want {
			t.Errorf("allowed %d: %d deletes, want %d", allow, n, want)
		}
	}
}

func TestAnImportSourceIsChangedOnlyAsItWasShown(t *testing.T) {
	is := func(id int64, url string, audiences ...int64) state.ImportSource {
		return state.ImportSource{ID: id, URL: url, AudienceIDs: audiences}
	}
	unchanged := ingest.SourceChange{Action: ingest.Unchanged, Want: is(7, libraryURL)}
	made := ingest.SourceChange{Action: ingest.Create, Want: is(0, libraryURL)}
	moved := ingest.SourceChange{Action: ingest.Update, Want: is(7, libraryURL)}
	for _, test := range []struct {
		name       string
		shown, now ingest.SourceChange
		ok         bool
	}{
		{"as it was", unchanged, unchanged, true},
		{"made, as shown", made, made, true},
		{"moved, as shown", moved, moved, true},
		{"moved by another run meanwhile", moved, unchanged, true},
		{"deleted meanwhile", unchanged, made, false},
		{"made by somebody else meanwhile", made, unchanged, false},
		{"to be moved now", unchanged, moved, false},
		{"to another audience", moved, ingest.SourceChange{Action: ingest.Update, Want: is(7, libraryURL, 5)}, false},
		{"to be switched on", moved, ingest.SourceChange{Action: ingest.Update, Want: is(7, libraryURL), Activate: true}, false},
	} {
		err := saved(t, ingest.Plan{Source: "wiki"}, test.shown).Check(test.now)
		if (err == nil) != test.ok {
			t.Errorf("%s: %v", test.name, err)
		}
	}
}

func TestAFileThatIsNoApprovalIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"": "not a plan", "[]": "not a plan", "{}": "not a plan", `{"fincrawl_plan":2}`: "its format is 2",
	} {
		if _, err := ingest.ReadApproval(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestEveryGuardOfAPlanIsDescribed(t *testing.T) {
	described := map[ingest.Guard]bool{}
	for _, g := range ingest.Guards() {
		if described[g.Name] || g.Name == "" || g.Holds == "" || g.Default == "" {
			t.Errorf("twice, or not whole: %+v", g)
		}
		described[g.Name] = true
	}
	for _, name := range ingest.GuardNames(policy) {
		if !described[name] {
			t.Errorf("guard %s is not among those described", name)
		}
	}
}

// A person may say more in a saved plan than what is approved: what is rejected, and which pages
// are withdrawn. What makes no sense is said.
func TestVerdictsOfASavedPlan(t *testing.T) {
	plan := policy.Apply(mustPlan(t, ingest.Inputs{
		Source: "wiki", Coverage: complete, Outcome: outcomes(map[string]ended{address("a"): {crawler.NoIndex, ""}, address("b"): {crawler.NoIndex, ""}}),
		Pages: values(page("c", "2"), page("d", "2")), Entries: values(entry("a", "1"), entry("b", "1"), entry("c", "1"), entry("d", "1")),
	}))
	s := saved(t, plan, ingest.SourceChange{})
	for i, c := range s.Changes {
		switch c.ExternalID {
		case "a":
			*s.Changes[i].Approved = true
		case "b":
			s.Changes[i].Verdict = "reject"
		case "c":
			s.Changes[i].Verdict = "withdraw"
		}
	}
	decisions, err := s.Decisions("anna", noon)
	if err != nil || len(decisions) != 2 || decisions[0].Verdict != state.Approve || decisions[1].Verdict != state.Reject || decisions[1].Change != plan.Changes[1].Binding() {
		t.Errorf("%v, decisions %+v", err, decisions)
	}
	out, err := s.Withdrawals(ingest.Decisions{}, "anna", noon)
	if err != nil || len(out) != 1 || out[0].Page != "c" || out[0].By != "anna" || out[0].Delete {
		t.Errorf("%v, withdrawals %+v", err, out)
	}
	if again, err := s.Withdrawals(ingest.Decisions{}.Withdrawn(out...), "anna", noon); err != nil || len(again) > 0 {
		t.Errorf("%v, what is withdrawn already is withdrawn again: %+v", err, again)
	}
	for name, edit := range map[string]func(c *ingest.Change){
		"another verdict":     func(c *ingest.Change) { c.Verdict = "approve" },
		"a reject of no hold": func(c *ingest.Change) { c.Verdict = "reject" },
		"a page of others":    func(c *ingest.Change) { c.Verdict, c.Unproved = "withdraw", true },
	} {
		wrong := s
		wrong.Changes = append([]ingest.Change{}, s.Changes...)
		edit(&wrong.Changes[len(wrong.Changes)-1])
		if out, err := wrong.Withdrawals(ingest.Decisions{}, "anna", noon); err == nil {
			t.Errorf("%s: withdrawals %+v", name, out)
		}
	}
	both := s
	both.Changes = append([]ingest.Change{}, s.Changes...)
	both.Changes[0].Verdict = "reject"
	if _, err := both.Decisions("anna", noon); err == nil {
		t.Error("a change was approved and rejected at once")
	}
}
