package oncall

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
)

// noteSetting is what is noted when an address is made or ended, as package auth has it.
const noteSetting = "setting_changed"

// feedOf is the setting that holds the secret of a person's calendar address.
func feedOf(person string) string { return "calendar/" + person }

// Feed is the secret in the address at which a person's calendar program reads who is on call, as such programs can't sign in; "" where
// there is none.
func (b *Book) Feed(ctx context.Context, person string) (string, error) {
	return b.Store.Setting(ctx, feedOf(person))
}

// MakeFeed makes an address for a person; the one before it ends.
func (b *Book) MakeFeed(ctx context.Context, person string) error {
	return b.keepFeed(ctx, person, rand.Text()+rand.Text())
}

// EndFeed ends a person's address.
func (b *Book) EndFeed(ctx context.Context, person string) error { return b.keepFeed(ctx, person, "") }

func (b *Book) keepFeed(ctx context.Context, person, secret string) error {
	if err := b.Store.PutSetting(ctx, feedOf(person), secret); err != nil {
		return err
	}
	return b.Note(ctx, noteSetting, "calendar address")
}

// Feeds reports whether a secret is that of a person's address.
func (b *Book) Feeds(ctx context.Context, person, secret string) (bool, error) {
	kept, err := b.Feed(ctx, person)
	return kept != "" && subtle.ConstantTimeCompare([]byte(kept), []byte(secret)) == 1, err
}
