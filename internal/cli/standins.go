package cli

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"tocsin/internal/standin"
)

func standinsVerb(e *env) *cobra.Command {
	var listen, mail string
	var latency time.Duration
	c := &cobra.Command{
		Use:   "standins",
		Short: "Serve stand-ins that speak the protocols of Slack, Zoom, Google, YouTube, X, GitLab, GitHub and Mattermost, and of a mail server",
		Long:  "Serve stand-ins that speak the real protocols, each under its own prefix, with faults on demand (POST /_faults). Nothing leaves this computer.",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := listenOn(listen)
			if err != nil {
				return err
			}
			s := standin.New(standin.Options{Latency: latency})
			s.SetBaseURL("http://" + l.Addr().String())
			fmt.Fprintf(e.err, "stand-ins at http://%s/ (what each of them received; /_calls, /_objects, /_faults)\n", l.Addr())
			if mail != "" {
				post, err := listenOn(mail)
				if err != nil {
					return errors.Join(err, l.Close())
				}
				fmt.Fprintf(e.err, "mail stand-in at %s (SMTP, unencrypted; smtp.mail in /_objects)\n", post.Addr())
				go func() { _ = s.ServeMail(post, nil) }() // ends with the process
			}
			srv := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
			go func() {
				<-cmd.Context().Done()
				_ = srv.Close() // the process ends; nothing is kept
			}()
			if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				return err
			}
			return nil
		},
	}
	c.Flags().StringVar(&listen, "listen", "127.0.0.1:8090", "address to listen on")
	c.Flags().StringVar(&mail, "mail-listen", "", "address of a mail server to play, too")
	c.Flags().DurationVar(&latency, "latency", 0, "delay every call by this much")
	return c
}

// listenOn listens, with an error that says what to do.
func listenOn(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		var op *net.OpError
		why := err
		if errors.As(err, &op) {
			why = op.Err
		}
		return nil, failf(exitFailed, "can't listen on %s: %w; choose another with --listen", addr, why)
	}
	return l, nil
}
