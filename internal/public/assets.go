package public

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
)

//go:embed assets/style.css
var styleSheet []byte

//go:embed assets/live.js
var script []byte

//go:embed assets/favicon.svg
var icon []byte

//go:embed pages/*.html
var pageFiles embed.FS

const robots = "User-agent: *\nAllow: /status\nAllow: /history\nAllow: /feed.json\nAllow: /api/v2/\nAllow: /favicon.svg\nDisallow: /\n"

// Addresses of what pages fetch beside themselves. They carry a hash, so that they may be kept for ever.
var (
	styleURL  = hashed("style", ".css", styleSheet)
	scriptURL = hashed("live", ".js", script)
)

func hashed(name, ext string, b []byte) string {
	sum := sha256.Sum256(b)
	return "/status/assets/" + name + "-" + hex.EncodeToString(sum[:6]) + ext
}

// loadAssets makes documents of the embedded files, by path.
func loadAssets() map[string]*document {
	all := map[string]*document{
		styleURL:       fixed("text/css; charset=utf-8", styleSheet),
		scriptURL:      fixed("text/javascript; charset=utf-8", script),
		"/favicon.svg": fixed("image/svg+xml", icon),
		"/robots.txt":  fixed(typeText, []byte(robots)),
	}
	for _, path := range []string{styleURL, scriptURL} {
		all[path].header["Cache-Control"] = []string{"public, max-age=31536000, immutable"}
	}
	all["/favicon.svg"].header["Cache-Control"] = []string{"public, max-age=86400"}
	return all
}
