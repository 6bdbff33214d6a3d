package credentials_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"roomlift/provision/credentials"
	"roomlift/provision/webex/webextest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// secrets are what nobody may be shown.
var secrets = []string{"S3CRET-CLIENT", "REFRESH-ONE", "ACCESS-ONE", "access-", "refresh-"}

// world is a Webex with an integration, and its credentials file.
type world struct {
	t       *testing.T
	server  *webextest.Server
	running *webextest.Running
	path    string

	mu   sync.Mutex
	told []error
}

func newWorld(t *testing.T, change func(*webextest.Integration)) *world {
	w := &world{t: t, path: filepath.Join(t.TempDir(), "webex.json")}
	integration := &webextest.Integration{
		ClientID: "C1", ClientSecret: "S3CRET-CLIENT", AccessToken: "ACCESS-ONE", RefreshToken: "REFRESH-ONE",
		Lifetime: time.Hour, Rotate: true,
	}
	if change != nil {
		change(integration)
	}
	w.server = &webextest.Server{Integration: integration, Latency: webextest.Latency{Min: 100 * time.Millisecond}}
	w.running = w.server.Start()
	t.Cleanup(w.running.Close)
	w.write(map[string]string{
		"client_id": "C1", "client_secret": "S3CRET-CLIENT", "refresh_token": "REFRESH-ONE",
		"access_token": "ACCESS-ONE", "expiry": time.Now().Add(time.Hour).Format(time.RFC3339), "note": "of the night job",
	})
	return w
}

func (w *world) write(fields map[string]string) {
	w.t.Helper()
	text, err := json.Marshal(fields)
	require.NoError(w.t, err)
	require.NoError(w.t, os.WriteFile(w.path, text, 0o600))
}

func (w *world) file() map[string]string {
	w.t.Helper()
	text, err := os.ReadFile(w.path)
	require.NoError(w.t, err)
	fields := map[string]string{}
	require.NoError(w.t, json.Unmarshal(text, &fields))
	return fields
}

func (w *world) open() *credentials.Source {
	w.t.Helper()
	source, err := credentials.Open(credentials.Config{
		Path: w.path, TokenURL: webextest.BaseURL + "/access_token", Transport: w.running.Transport(),
		Observe: func(_ time.Time, err error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, err)
		},
	})
	require.NoError(w.t, err)
	return source
}

func (w *world) token(s *credentials.Source) string {
	w.t.Helper()
	token, err := s.Token(w.t.Context())
	require.NoError(w.t, err)
	return token
}

// accepted asks Webex whether a token is good.
func (w *world) accepted(token string) bool {
	w.t.Helper()
	client, err := w.running.Client(token)
	require.NoError(w.t, err)
	_, response, _ := client.Me(w.t.Context())
	return response.StatusCode == http.StatusOK
}

func TestATokenIsRenewedBeforeItExpiresAndByOneRequestForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		assert.Equal(t, "ACCESS-ONE", w.token(source))
		assert.Zero(t, w.server.Renewals())

		time.Sleep(56 * time.Minute)
		var asked sync.WaitGroup
		for range 20 {
			asked.Go(func() {
				_, err := source.Token(t.Context())
				assert.NoError(t, err)
			})
		}
		asked.Wait()
		assert.Equal(t, 1, w.server.Renewals())
		assert.True(t, w.accepted(w.token(source)))
		assert.NotEqual(t, "ACCESS-ONE", w.token(source))
		assert.WithinDuration(t, time.Now().Add(time.Hour), source.Expiry(), time.Minute)
	})
}

func TestAnExpiredTokenMakesEverybodyWaitForTheOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		time.Sleep(2 * time.Hour)
		var asked sync.WaitGroup
		for range 20 {
			asked.Go(func() {
				token, err := source.Token(t.Context())
				assert.NoError(t, err)
				assert.NotEqual(t, "ACCESS-ONE", token)
			})
		}
		asked.Wait()
		assert.Equal(t, 1, w.server.Renewals())
	})
}

func TestWhatARenewalBringsIsOnDiskBeforeItIsUsed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		require.NoError(t, os.Chmod(w.path, 0o644))
		source := w.open()
		require.NoError(t, source.Renew(t.Context(), time.Now()))
		saved := w.file()
		assert.Equal(t, w.token(source), saved["access_token"])
		assert.NotEqual(t, "REFRESH-ONE", saved["refresh_token"], "the server rotates it")
		assert.Equal(t, source.Expiry().UTC().Format(time.RFC3339), saved["expiry"])
		assert.NotEmpty(t, saved["refresh_token_expiry"])
		assert.Equal(t, "of the night job", saved["note"], "what means nothing here stays")
		if runtime.GOOS != "windows" {
			info, err := os.Stat(w.path)
			require.NoError(t, err)
			assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
		}
		again := w.open()
		time.Sleep(2 * time.Hour)
		assert.True(t, w.accepted(w.token(again)), "the next process goes on with the rotated token")
	})
}

func TestARenewalIsNotSentWhereItsOutcomeCouldNotBeKept(t *testing.T) {
	for name, spoil := range map[string]func(*testing.T, string){
		"the folder is gone": func(t *testing.T, folder string) { require.NoError(t, os.RemoveAll(folder)) },
		"the folder is closed": func(t *testing.T, folder string) {
			if os.Geteuid() <= 0 {
				t.Skip("root, and Windows, write into every folder")
			}
			require.NoError(t, os.WriteFile(filepath.Join(folder, "webex.json.lock"), nil, 0o600))
			require.NoError(t, os.Chmod(folder, 0o500))
			t.Cleanup(func() { _ = os.Chmod(folder, 0o700) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, nil)
				source := w.open()
				spoil(t, filepath.Dir(w.path))
				time.Sleep(2 * time.Hour)
				_, err := source.Token(t.Context())
				var fault *credentials.Error
				require.ErrorAs(t, err, &fault)
				assert.Contains(t, fault.Error(), "nothing was renewed, because a renewed token cannot be kept")
				assert.Contains(t, fault.Remedy(), "a folder that this user can write to")
				assert.Zero(t, w.server.Renewals(), "the refresh token was not used up")
			})
		})
	}
}

func TestRefusalsThatCameTogetherAreAnsweredByOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		w.server.ExpireTokens()
		sent := time.Now()
		time.Sleep(time.Second)
		var refused sync.WaitGroup
		for range 16 {
			refused.Go(func() { assert.NoError(t, source.Renew(t.Context(), sent)) })
		}
		refused.Wait()
		assert.Equal(t, 1, w.server.Renewals())
		assert.True(t, w.accepted(w.token(source)))
	})
}

func TestATokenThatIsRefusedAMomentAfterItsRenewalIsNotRenewedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		require.NoError(t, source.Renew(t.Context(), time.Now()))
		time.Sleep(time.Second)
		err := source.Renew(t.Context(), time.Now())
		require.ErrorContains(t, err, "renewed a moment ago")
		assert.Equal(t, 1, w.server.Renewals())
		time.Sleep(time.Minute)
		require.NoError(t, source.Renew(t.Context(), time.Now()))
		assert.Equal(t, 2, w.server.Renewals())
	})
}

func TestTwoProcessesShareOneFileAndOneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		first, second := w.open(), w.open()
		time.Sleep(2 * time.Hour)
		var both sync.WaitGroup
		for _, source := range []*credentials.Source{first, second} {
			both.Go(func() {
				_, err := source.Token(t.Context())
				assert.NoError(t, err)
			})
		}
		both.Wait()
		assert.Equal(t, 1, w.server.Renewals())
		assert.Equal(t, w.token(first), w.token(second))
	})
}

func TestATokenThatAnotherProcessRenewedIsTakenHoweverSoonOursWasRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		require.NoError(t, source.Renew(t.Context(), time.Now()))
		fields := w.file()
		fields["access_token"], fields["expiry"] = "ACCESS-OF-ANOTHER", time.Now().Add(time.Hour).Format(time.RFC3339)
		w.write(fields)
		time.Sleep(time.Second)
		require.NoError(t, source.Renew(t.Context(), time.Now()), "ours was renewed a moment ago, but not the file's")
		assert.Equal(t, "ACCESS-OF-ANOTHER", w.token(source))
		assert.Equal(t, 1, w.server.Renewals(), "nothing was sent for it")
	})
}

func TestARefusedRenewalSaysWhatToDo(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*webextest.Integration)
		reason string
		remedy string
	}{
		"a refresh token that was revoked": {
			func(i *webextest.Integration) { i.Revoked = true }, "refresh token", "authorise the integration",
		},
		"a refresh token that is not the last one": {
			func(i *webextest.Integration) { i.RefreshToken = "another" }, "refresh token", "authorise the integration",
		},
		"a wrong client secret": {
			func(i *webextest.Integration) { i.ClientSecret = "another" }, "401", "check client_id and client_secret",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, c.change)
				source := w.open()
				err := source.Renew(t.Context(), time.Now())
				var fault *credentials.Error
				require.ErrorAs(t, err, &fault)
				assert.False(t, fault.Temporary)
				assert.Contains(t, fault.Error(), c.reason)
				assert.Contains(t, fault.Remedy(), c.remedy)
				assert.Equal(t, "REFRESH-ONE", w.file()["refresh_token"])
			})
		})
	}
}

func TestAServerThatIsBusyIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		w.server.Faults = webextest.Script(http.MethodPost,
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: "7"},
			webextest.Fault{Kind: webextest.ErrorAnswer, Status: 503},
			webextest.Fault{Kind: webextest.Reset},
		)
		source := w.open()
		began := time.Now()
		require.NoError(t, source.Renew(t.Context(), began))
		assert.True(t, w.accepted(w.token(source)))
		assert.GreaterOrEqual(t, time.Since(began), 13*time.Second, "7 s as asked, then 2 s and 4 s")
	})
}

func TestABusyServerMayNameADate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		began := time.Now()
		w.server.Faults = webextest.Script(http.MethodPost, webextest.Fault{
			Kind: webextest.ErrorAnswer, Status: 429, RetryAfter: began.Add(20 * time.Second).UTC().Format(http.TimeFormat),
		})
		source := w.open()
		require.NoError(t, source.Renew(t.Context(), began))
		assert.GreaterOrEqual(t, time.Since(began), 20*time.Second)
	})
}

func TestATokenThatIsStillGoodIsUsedWhileItCannotBeRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		w.server.Faults = func(r webextest.FaultRequest) webextest.Fault {
			if r.Method == http.MethodPost {
				return webextest.Fault{Kind: webextest.HTML}
			}
			return webextest.Fault{}
		}
		time.Sleep(56 * time.Minute)
		for range 10 {
			assert.Equal(t, "ACCESS-ONE", w.token(source))
		}
		assert.Len(t, w.told, 1, "the next try waits a while")
		require.Error(t, w.told[0])
		time.Sleep(time.Hour)
		_, err := source.Token(t.Context())
		var fault *credentials.Error
		require.ErrorAs(t, err, &fault)
		assert.True(t, fault.Temporary)
	})
}

func TestARenewalThatHasBegunIsBroughtToItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, nil)
		source := w.open()
		time.Sleep(2 * time.Hour)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond) // Webex takes 100 ms
		defer cancel()
		_, err := source.Token(ctx)
		require.NoError(t, err)
		assert.NotEqual(t, "REFRESH-ONE", w.file()["refresh_token"])
	})
}

func TestAFileThatHoldsNoCredentialsIsRefusedWithoutQuotingIt(t *testing.T) {
	for name, c := range map[string]struct{ text, reason string }{
		"a bare token":            {"S3CRET-CLIENT", "not a JSON object"},
		"a header":                {"Bearer S3CRET-CLIENT", "it begins with the word Bearer"},
		"UTF-16":                  {"\xFF\xFE{\x00\"\x00", "it is UTF-16"},
		"a list":                  {`["S3CRET-CLIENT"]`, "not a JSON object"},
		"nothing":                 {"", "not a JSON object"},
		"null":                    {"null", "not a JSON object"},
		"no client secret":        {`{"client_id":"C","refresh_token":"REFRESH-ONE"}`, "client_secret is missing"},
		"no refresh token":        {`{"client_id":"C","client_secret":"S3CRET-CLIENT"}`, "refresh_token is missing"},
		"a number for a secret":   {`{"client_id":"C","client_secret":7,"refresh_token":"R"}`, "client_secret is not a string"},
		"a token for a time":      {`{"client_id":"C","client_secret":"S","refresh_token":"R","expiry":"ACCESS-ONE"}`, "expiry is not a time"},
		"more than any file has":  {`{"client_id":"` + strings.Repeat("x", 1<<20) + `"}`, "too long"},
		"one that does not exist": {"-", "the credentials file does not exist"},
		"one that is a folder":    {"/", "not a regular file"},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "webex.json")
			switch c.text {
			case "-":
			case "/":
				require.NoError(t, os.Mkdir(path, 0o700))
			default:
				require.NoError(t, os.WriteFile(path, []byte(c.text), 0o600))
			}
			_, err := credentials.Open(credentials.Config{Path: path})
			var fault *credentials.Error
			require.ErrorAs(t, err, &fault)
			assert.Contains(t, fault.Error(), c.reason)
			assert.Equal(t, c.text != "-", strings.Contains(fault.Remedy(), "JSON object"), fault.Remedy())
			assertNoSecret(t, fault.Error()+fault.Remedy())
		})
	}
}

func TestAMarkBeforeCredentialsIsNoFault(t *testing.T) {
	path := filepath.Join(t.TempDir(), "webex.json")
	text := "\uFEFF" + `{"client_id":"C","client_secret":"S3CRET-CLIENT","refresh_token":"REFRESH-ONE","access_token":"ACCESS-ONE"}`
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	source, err := credentials.Open(credentials.Config{Path: path})
	require.NoError(t, err)
	token, err := source.Token(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "ACCESS-ONE", token)
}

func assertNoSecret(t *testing.T, text string) {
	t.Helper()
	for _, secret := range secrets {
		assert.NotContains(t, text, secret)
	}
}
