package page_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"roomlift/report/page"
	"roomlift/report/results"
)

func TestThePageInABrowser(t *testing.T) {
	b := openBrowser(t)
	for name, test := range map[string]func(*testing.T, *browser){
		"pages of every kind render without a complaint": testEveryKind,
		"the list is searched, sorted and paged":         testList,
		"the list is paged and searched by keyboard":     testKeyboard,
		"hostile text stays text":                        testHostileText,
		"fifty thousand rows stay usable":                testManyRows,
		"paper has every refusal and every link":         testPaper,
		"a phone gets short pages, and what fits it":     testPhone,
		"keys stay whole without a script":               testWholeKeys,
		"without a script the rooms are there too":       testNoScript,
		"a screen reader is told names and no arrows":    testAccessibility,
	} {
		t.Run(name, func(t *testing.T) {
			b.t = t
			test(t, b)
		})
	}
}

// visible reads one column of the list.
func (b *browser) visible(column string) []string {
	b.t.Helper()
	return b.strings(`Array.from(document.querySelectorAll('#rows td.%s'), td => td.textContent)`, column)
}

// search types into the search box, and waits until the list follows.
func (b *browser) search(text string) string {
	b.t.Helper()
	return b.eval(`new Promise(done => {
		const found = document.getElementById('found'), box = document.getElementById('search');
		new MutationObserver((_, o) => { o.disconnect(); done(found.textContent); }).observe(found, {childList: true});
		box.value = %q;
		box.dispatchEvent(new Event('input'));
	})`, text).(string)
}

// count returns how many elements there are.
func (b *browser) count(selector string) int {
	b.t.Helper()
	return int(b.eval(`document.querySelectorAll(%q).length`, selector).(float64))
}

func (b *browser) click(selector string) {
	b.t.Helper()
	b.eval(`document.querySelector(%q).click()`, selector)
}

func testEveryKind(t *testing.T, b *browser) {
	stopped := sample{rows: 100, failed: 5, pendingFrom: 60}.run(0)
	stopped.Run.Error = "stopped: interrupted"
	for name, p := range map[string]*page.Report{
		"ten rows":            sample{rows: 10}.run(0),
		"refusals":            sample{rows: 3000, failed: 40, adopted: 300, unsettled: 900}.run(60e9),
		"all failed":          sample{rows: 12, failed: 1}.run(0),
		"stopped early":       stopped,
		"a results file":      sample{rows: 500, failed: 40, adopted: 30}.report(),
		"an empty one":        sample{}.report(),
		"a few rooms":         sample{rows: 3}.run(0),
		"a faulty manifest":   unbegun(faulty, "the manifest has 3 faults", "nothing was sent; correct the manifest"),
		"no token":            unbegun(nil, "no token", "set WEBEX_ACCESS_TOKEN, or name a file with --token-file"),
		"a rehearsal":         sample{rows: 10, server: "sandbox"}.report(),
		"one row without key": {Records: slices.Values([]results.Record{{Title: "A", Status: results.Pending}})},
	} {
		b.open(write(t, p))
		assert.Empty(t, b.complaints(), name)
		assert.NotEmpty(t, b.eval(`document.querySelector('h1').textContent`), name)
		for _, width := range []int{360, 720, 970, 1200} {
			b.resize(width, width < 500)
			assert.LessOrEqual(t, b.eval(`document.documentElement.scrollWidth`), float64(width), "%s: nothing sticks out at %d pixels", name, width)
		}
	}
}

func testList(t *testing.T, b *browser) {
	records := sample{rows: 240, failed: 7}.records()
	failed := 0
	for _, r := range records {
		if r.Status == results.Failed {
			failed++
		}
	}
	b.open(write(t, sample{rows: 240, failed: 7}.report()))

	require.Len(t, b.visible("row"), 100, "one page of the list")
	assert.Equal(t, "Page 1 of 3", b.eval(`document.getElementById('where').textContent`))
	b.click("#following")
	b.eval(`document.getElementById('following').focus(), document.activeElement.click()`)
	assert.Equal(t, "following", b.eval(`document.activeElement.id`), "the last page takes the focus from nobody")
	assert.Equal(t, "status", b.eval(`document.getElementById('where').getAttribute('role')`))
	assert.Len(t, b.visible("row"), 40)
	assert.Equal(t, "true", b.eval(`document.getElementById('following').getAttribute('aria-disabled')`))

	assert.Equal(t, "1 of 240 rooms", b.search("req-00004"), "a key, in any case")
	assert.Equal(t, []string{"東京営業部 0004 🚀"}, b.visible("room"), "the title, as it is")
	assert.Equal(t, "webexteams://im?space=5a6d0b0e-0000-4000-8000-000000000004", b.eval(`document.querySelector('#rows a').href`))
	assert.Equal(t, "40 of 240 rooms", b.search("münchen"))
	assert.Equal(t, "1 of 240 rooms", b.search("req-00009 vertrieb"), "all words, in any place")
	assert.Equal(t, "0 of 240 rooms", b.search("nowhere"))
	assert.Equal(t, "40 of 240 rooms", b.search("mu\u0308nchen"), "as two characters")
	assert.Equal(t, "240 rooms", b.search("2026-11-21"), "the day that the list shows")
	assert.Equal(t, "0 of 240 rooms", b.search("2026"), "a year is looked for in titles, where it is not")
	assert.Empty(t, b.eval(`Array.from(document.querySelectorAll('#rows tr'))`))
	assert.Equal(t, "240 rooms", b.search(""))

	b.click("th[data-sort=key] button")
	assert.Equal(t, "REQ-00001", b.visible("key")[0])
	b.click("th[data-sort=key] button")
	assert.Equal(t, "REQ-00240", b.visible("key")[0])
	assert.Equal(t, "descending", b.eval(`document.querySelector('th[data-sort=key]').getAttribute('aria-sort')`))
	b.click("th[data-sort=state] button")
	b.click("th[data-sort=state] button")
	assert.Equal(t, slices.Repeat([]string{"failed"}, failed), b.visible("state")[:failed])
	assert.Equal(t, 1, b.count(`th[aria-sort]`))

	b.eval(`document.getElementById('state').value = '3', document.getElementById('state').dispatchEvent(new Event('change'))`)
	assert.Len(t, b.visible("row"), failed)
	b.click("button[data-group]")
	first := b.eval(`document.querySelector('.cards b').textContent`)
	assert.Equal(t, first, strconv.Itoa(b.count(`#rows tr`)), "the rooms of one cause")
	assert.Equal(t, "cause", b.eval(`document.activeElement.id`), "the keyboard follows")
	b.key("Enter")
	assert.Len(t, b.visible("row"), 100, "every room again")

	assert.Equal(t, "search", b.eval(`document.activeElement.id`))
	b.key("Tab")
	b.key("Tab")
	b.key("Enter")
	assert.Equal(t, "ascending", b.eval(`document.querySelector('th[data-sort=row]').getAttribute('aria-sort')`), "sorted by keyboard")
	assert.Empty(t, b.complaints())
}

func testKeyboard(t *testing.T, b *browser) {
	b.open(write(t, sample{rows: 240}.report()))
	where := func() any { return b.eval(`document.getElementById('where').textContent`) }
	b.eval(`document.querySelector('th[data-sort=at] button').focus()`)
	for b.eval(`document.activeElement.id`) != "previous" {
		b.key("Tab")
	}
	b.key("Enter")
	assert.Equal(t, "Page 1 of 3", where(), "there is none before the first")
	b.key("Tab")
	b.key("Enter")
	assert.Equal(t, "Page 2 of 3", where())
	b.key("Space")
	b.key("Space")
	assert.Equal(t, "Page 3 of 3", where(), "nor one behind the last")
	assert.Equal(t, "following", b.eval(`document.activeElement.id`))
	assert.Equal(t, "201", b.visible("row")[0])

	b.eval(`document.getElementById('search').focus()`)
	b.enter("mu\u0308nchen")
	assert.Equal(t, "mu\u0308nchen", b.eval(`document.getElementById('search').value`), "two code points for ü")
	assert.Equal(t, true, b.eval(`new Promise(done => {
		const look = () => document.getElementById('found').textContent === '40 of 240 rooms' ? done(true) : setTimeout(look, 20);
		look();
	})`), "it is found")
	assert.Empty(t, b.complaints())
}

func testHostileText(t *testing.T, b *browser) {
	attacks := []string{
		`<script>window.owned = 1</script>`,
		`</script><script>window.owned = 2</script>`,
		`"><img src=x onerror="window.owned = 3">`,
		`'; window.owned = 4; //`,
		`<!--<script>`, `]]></title><svg onload=window.owned=5>`,
		"\u2028window.owned = 6\u2029", `{{.Policy}} ${window.owned = 7} \u003cb\u003e`,
		`javascript:window.owned=8`, "<style>*{display:none}</style>",
	}
	var records []results.Record
	for i, attack := range attacks {
		records = append(records, results.Record{
			Ref: fmt.Sprintf("r-%016x", i), Row: i + 1, Title: attack, Key: attack, TeamID: attack, Status: results.Failed,
			Error: attack + " (an error); " + attack, TrackingID: attack, Server: attack, FinishedAt: night,
		})
	}
	records = append(records, results.Record{
		Ref: "r-00000000000000ff", Row: 99, Title: "A", Status: results.Created, Server: "webexapis.com",
		RoomID: `javascript:window.owned=9`, FinishedAt: night,
	})
	p := &page.Report{File: attacks[1], Records: slices.Values(records), Version: attacks[0], Run: nil}
	b.open(write(t, p))

	assert.Nil(t, b.eval(`window.owned`))
	assert.Equal(t, attacks, b.strings(`Array.from(document.querySelectorAll('#rows td.room bdi'), e => e.textContent)`)[:len(attacks)])
	assert.Equal(t, attacks, b.visible("key")[:len(attacks)])
	assert.Zero(t, b.count(`img, iframe, object, #rows script, #rows a`))
	assert.Equal(t, 2, b.count(`script`), "the data and the page's own")
	b.click("button[data-group]")
	assert.Nil(t, b.eval(`window.owned`))
	assert.Empty(t, b.complaints())

	b.eval(`(() => { const s = document.createElement('script'); s.textContent = 'window.owned = 10'; document.body.append(s); })()`)
	b.eval(`document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="window.owned = 11"><p style="color: red">')`)
	complaints := strings.Join(b.complaints(), "\n")
	assert.Nil(t, b.eval(`window.owned`), "what got in all the same would not run")
	assert.Contains(t, complaints, "Content Security Policy", "and this test would have noticed")
}

func testManyRows(t *testing.T, b *browser) {
	b.open(write(t, sample{rows: 50_000, failed: 400, adopted: 3000, unsettled: 9000}.run(240e9)))
	t.Log("milliseconds until it was shown:", b.eval(`performance.timing.loadEventEnd - performance.timing.navigationStart`))
	assert.LessOrEqual(t, b.count(`*`), 3000, "the browser holds one page of the list")

	const timed = `(() => { const began = performance.now(); %s; return performance.now() - began; })()`
	t.Log("milliseconds to sort by title:", b.eval(timed, `document.querySelector('th[data-sort=title] button').click()`))
	t.Log("milliseconds to sort the other way:", b.eval(timed, `document.querySelector('th[data-sort=title] button').click()`))
	search := `document.getElementById('search').value = '%s'; document.getElementById('state').dispatchEvent(new Event('change'))`
	t.Log("milliseconds for the first search:", b.eval(timed, fmt.Sprintf(search, "0042")))
	t.Log("milliseconds for the next one:", b.eval(timed, fmt.Sprintf(search, "49999")))
	assert.Equal(t, []string{"49,999"}, b.visible("row"))
	assert.Regexp(t, "^1 of 50,000 rooms$", b.search("49,999"), "as the list shows it")
	assert.Equal(t, "50,000 rooms", b.search(""))

	b.eval(`dispatchEvent(new Event('beforeprint'))`)
	assert.Equal(t, 1000, b.count(`#rows tr`))
	assert.Equal(t, "and 49,000 more; those without a room come first, and the results file has every row", b.eval(`document.getElementById('unprinted').textContent`))
	failed := b.eval(`JSON.parse(document.getElementById('data').textContent).rooms.filter(room => room[4] === 3).length`)
	assert.InDelta(t, failed, b.count(`#rows tr.failed`), 0, "all of them")
	assert.Equal(t, "failed", b.eval(`document.querySelector('#rows tr').className`))
	b.eval(`dispatchEvent(new Event('afterprint'))`)
	assert.Len(t, b.visible("row"), 100)
	assert.Empty(t, b.complaints())
}

func testPaper(t *testing.T, b *browser) {
	b.open(write(t, sample{rows: 900, failed: 40}.run(60e9)))
	b.eval(`dispatchEvent(new Event('beforeprint'))`)
	b.call("Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	for width := 250; width < 800; width += 5 { // lines break elsewhere at each
		b.eval(`document.body.style.width = '%dpx'`, width)
		assert.Equal(t, true, b.eval(`Array.from(document.querySelectorAll('.command code span'), word => word.getClientRects().length === 1 && word.offsetHeight < 30).every(Boolean)`),
			"no flag is broken at %d px", width)
	}
	const sheet = 943.0 // pixels from margin to margin of US Letter, the lower of the usual ones
	b.eval(`document.body.style.width = '700px'`)
	assert.Less(t, b.eval(`document.querySelector('figure').offsetHeight`), sheet/4, "a chart that needs the next sheet leaves little of this one empty,")
	assert.Equal(t, true, b.eval(`document.querySelector('.facts').compareDocumentPosition(document.querySelector('figure')) === Node.DOCUMENT_POSITION_FOLLOWING`), "as the figures fill it first")
	b.eval(`document.body.style.width = ''`)
	t.Cleanup(func() { b.call("Emulation.setEmulatedMedia", map[string]any{"media": ""}, nil) })
	assert.Equal(t, 900, b.count(`#rows tr`))
	assert.Positive(t, b.count(`details table tbody tr`))
	assert.Equal(t, true, b.eval(`Array.from(document.querySelectorAll('details tbody tr'), tr => tr.getBoundingClientRect().height).every(h => h > 0)`))
	assert.Equal(t, `"webexteams://im?space=5a6d0b0e-0000-4000-8000-000000000001"`,
		b.eval(`getComputedStyle(document.querySelector('#rows a'), '::after').content`))
	assert.Equal(t, "contents", b.eval(`getComputedStyle(document.querySelector('th button')).display`), "else the head is not repeated")
	b.eval(`dispatchEvent(new Event('afterprint'))`)
	assert.Equal(t, 0, b.count(`details[open]`), "as it was")
	assert.Len(t, b.visible("row"), 100)
	assert.Empty(t, b.complaints())
}

func testPhone(t *testing.T, b *browser) {
	b.resize(360, true)
	b.open(write(t, sample{rows: 240}.report()))
	assert.Len(t, b.visible("row"), 25)
	assert.Equal(t, "Page 1 of 10", b.eval(`document.getElementById('where').textContent`))
	assert.Empty(t, b.complaints())

	b.open(write(t, unbegun(faulty, "the manifest has 3 faults", "nothing was sent; correct the manifest")))
	assert.Equal(t, true, b.eval(`Array.from(document.querySelectorAll('.faults td'), td => td.getBoundingClientRect()).every(td => td.width > 300 && td.right <= 360)`),
		"where a fault is, what it is and what to do stand below each other")
	assert.Equal(t, `"What to do: "`, b.eval(`getComputedStyle(document.querySelector('.faults td.todo'), '::before').content`))
	assert.Empty(t, b.complaints())
}

func testWholeKeys(t *testing.T, b *browser) {
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	t.Cleanup(func() { b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil) })
	records := sample{rows: 30, failed: 3}.records()
	for i := range records {
		records[i].Key = fmt.Sprintf("MIGRATION-2026-%05d", i)
	}
	b.open(write(t, &page.Report{Records: slices.Values(records)}))
	assert.Equal(t, len(records), b.count(`noscript td.key bdi`))
	for _, width := range []int{360, 700, 720, 970, 1280} {
		b.resize(width, width < 500)
		assert.Equal(t, true, b.eval(`Array.from(document.querySelectorAll('noscript td.key bdi'), key => key.offsetHeight < 30).every(Boolean)`), "%d pixels", width)
		assert.Equal(t, width <= 960, b.eval(`getComputedStyle(document.querySelector('noscript td.at'), '::after').content`) == `" UTC"`, "a row says it where no head does")
		assert.LessOrEqual(t, b.eval(`document.querySelector('noscript table').getBoundingClientRect().right`), float64(width), "and the table fits")
	}
}

func testNoScript(t *testing.T, b *browser) {
	b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": true}, nil)
	t.Cleanup(func() { b.call("Emulation.setScriptExecutionDisabled", map[string]any{"value": false}, nil) })
	for rows, note := range map[int]string{
		10:  "Where JavaScript is switched on, this list can be searched and sorted.",
		501: "500 rows, those without a room first; the results file has the other 1, and so has this page where JavaScript is switched on.",
	} {
		b.open(write(t, sample{rows: rows, title: `<script>window.owned = 1</script>`}.report()))
		assert.Equal(t, min(rows, 500), b.count(`noscript tbody tr`))
		assert.Equal(t, note, b.eval(`document.querySelector('noscript .lead').textContent`))
		assert.Equal(t, `<script>window.owned = 1</script>`, b.eval(`document.querySelector('noscript a').textContent`))
		assert.Equal(t, "webexteams://im?space=5a6d0b0e-0000-4000-8000-000000000001", b.eval(`document.querySelector('noscript a').href`))
		assert.Equal(t, true, b.eval(`document.querySelector('noscript table').getBoundingClientRect().height > 100`), "it is seen")
		assert.Equal(t, true, b.eval(`document.getElementById('list').getBoundingClientRect().height === 0`), "and the other list is not")
		b.mu.Lock()
		assert.Empty(t, b.faults)
		b.mu.Unlock()
	}

	records := sample{rows: 600, failed: 40, unsettled: 50, pendingFrom: 590}.records()
	lacking := func(status results.Status) (rows []string) {
		for _, r := range records {
			if r.Status == status {
				rows = append(rows, strconv.Itoa(r.Row))
			}
		}
		return rows
	}
	first := slices.Concat(lacking(results.Failed), lacking(results.Unknown), lacking(results.Pending), []string{"1", "2", "3"})
	b.open(write(t, &page.Report{Records: slices.Values(records)}))
	assert.Equal(t, first, b.strings(`Array.from(document.querySelectorAll('noscript td.row'), td => td.textContent)`)[:len(first)],
		"those without a room come first")
}

func testAccessibility(t *testing.T, b *browser) {
	b.open(write(t, sample{rows: 300, failed: 20, adopted: 50, unsettled: 70}.run(20e9)))
	var tree struct {
		Nodes []struct {
			Ignored    bool
			Role, Name struct{ Value any }
		}
	}
	b.call("Accessibility.enable", nil, nil)
	b.call("Accessibility.getFullAXTree", nil, &tree)
	b.call("Accessibility.disable", nil, nil)
	names := map[string][]string{}
	for _, node := range tree.Nodes {
		if node.Ignored {
			continue
		}
		role, name := fmt.Sprint(node.Role.Value), fmt.Sprint(node.Name.Value)
		names[role] = append(names[role], name)
		switch role {
		case "button", "link", "searchbox", "combobox", "table", "region", "navigation", "heading", "image":
			assert.NotEmpty(t, strings.TrimSpace(name), "every %s has a name", role)
		}
	}
	assert.Subset(t, names["button"], []string{"Row", "Room", "Key", "State", "What happened", "When (UTC)", "Next"})
	assert.Contains(t, names["searchbox"], "Search")
	assert.Contains(t, names["table"], "Every room")
	assert.Contains(t, names["navigation"], "Pages of the list")
	assert.Len(t, names["main"], 1)
	assert.Len(t, names["row"], 101, "the list is a table to a screen reader, its head among it")
	chart := slices.IndexFunc(names["image"], func(name string) bool { return strings.Contains(name, "rooms from 21 Nov 2026") })
	require.GreaterOrEqual(t, chart, 0, "%q", names["image"])
	assert.Contains(t, names["image"][chart], "In the long run Webex accepts 4.9 a second")
	assert.Empty(t, b.complaints())
}
