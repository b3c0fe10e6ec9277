package cli

import (
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"
)

// TestAccount signs somebody in with a passkey, and with a password, that they made themselves, on a device that the browser plays.
func TestAccount(t *testing.T) {
	t.Parallel()
	tab, base, link := console(t)
	// Passkeys belong to names, not to numbers.
	base, link = strings.Replace(base, "127.0.0.1", "localhost", 1), strings.Replace(link, "127.0.0.1", "localhost", 1)
	if _, err := chromedp.Call(tab, webauthn.Enable, webauthn.EnableParams{}); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(tab, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true}}); err != nil {
		t.Fatal(err)
	}
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(link), chromedp.Click("form button.primary"))
	see(t, tab, `location.pathname == "/"`)
	browse(t, tab, chromedp.Navigate(base+"/account"))
	see(t, tab, `!document.querySelector("[data-passkey]").hidden`)
	browse(t, tab, chromedp.SendKeys("[data-passkey] [name=name]", "my telephone"), chromedp.Click("[data-passkey] button"))
	see(t, tab, `document.querySelector("[data-passkey]") && document.querySelector("main").innerText.includes("my telephone")`)
	browse(t, tab, chromedp.SendKeys("[name=password]", "short"), chromedp.Evaluate[chromedp.Void](`document.querySelector("[name=password]").minLength = 0`), chromedp.Click("form[action='/account/password'] button"))
	see(t, tab, `document.querySelector("[role=alert]")?.innerText.includes("at least 15 characters")`)
	browse(t, tab, chromedp.SendKeys("[name=password]", "correct horse battery staple"), chromedp.Click("form[action='/account/password'] button"))
	see(t, tab, `document.querySelector("[name=current]")`)
	browse(t, tab, chromedp.Click("form[action='/account/tokens'] button"))
	see(t, tab, `document.querySelector("pre")?.innerText.startsWith("tcs_")`)
	inspectPart(t, tab, "account")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Navigate(base+"/account"))
	see(t, tab, `!document.querySelector("pre") && document.querySelector("[action='/account/tokens/revoke']")`) // shown once

	out := func() {
		t.Helper()
		browse(t, tab, chromedp.Click("form[action='/signout'] button"))
		see(t, tab, `location.pathname == "/signin" && !document.querySelector("[data-passkey]").hidden`)
	}
	out()
	inspectPart(t, tab, "signin-passkey")
	browse(t, tab, chromedp.EmulateViewport(360, 800), chromedp.Click("[data-passkey] button"))
	see(t, tab, `location.pathname == "/" && document.querySelector(".foot").innerText.includes("Ana Diaz")`)
	out()
	browse(t, tab, chromedp.SendKeys("[name=name]", "ana@example.com"), chromedp.SendKeys("[name=password]", "correct horse"), chromedp.Click("form[action='/signin'] button"))
	see(t, tab, `document.querySelector("[role=alert]:not([hidden])")?.innerText.includes("don't belong together") && document.querySelector("[name=name]").value == "ana@example.com" && document.querySelector("[name=password]").value == ""`)
	browse(t, tab, chromedp.SendKeys("[name=password]", "correct horse battery staple"), chromedp.Click("form[action='/signin'] button"))
	see(t, tab, `location.pathname == "/" && document.querySelector(".foot").innerText.includes("Ana Diaz")`)

	// A passkey that was removed proves nobody.
	browse(t, tab, chromedp.Navigate(base+"/account"), chromedp.Click("form[action='/account/passkeys/remove'] button"))
	see(t, tab, `!document.querySelector("main").innerText.includes("my telephone")`)
	out()
	browse(t, tab, chromedp.Click("[data-passkey] button"))
	see(t, tab, `document.querySelector("[data-passkey] .error:not([hidden])")?.innerText.includes("not known here")`)
	if page := evaluate[string](t, tab, `document.documentElement.outerHTML`); regexp.MustCompile(`tc[a-z]_`).MatchString(page) {
		t.Error("a secret stands on the page")
	}
}
