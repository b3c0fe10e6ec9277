package runner

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// carrier is River on either database.
type carrier interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// migrateLock is the advisory lock of PostgreSQL under which a server makes the tables of the job library.
const migrateLock = 0x746f6373696f

// carrier makes River's tables and its client. On PostgreSQL each server works a queue of its own: all of them derive all jobs from the
// log, and the log lets one of them begin an attempt, so that the end of a server leaves nothing waiting for it.
func (r *Runner) carrier(ctx context.Context) (carrier, error) {
	if r.o.Pool == nil {
		r.queue = river.QueueDefault
		return newCarrier(ctx, r, riversqlite.New(r.o.DB))
	}
	r.queue = "server-" + strings.ToLower(r.boot)
	c, err := r.o.Pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	if _, err := c.Exec(ctx, "SELECT pg_advisory_lock($1)", migrateLock); err != nil {
		return nil, err
	}
	client, err := newCarrier(ctx, r, riverpgxv5.New(r.o.Pool))
	_, unlock := c.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", migrateLock)
	if err := errors.Join(err, unlock); err != nil {
		return nil, err
	}
	// A job is for a moment; what a server that is gone left behind is of no use.
	_, err = c.Exec(ctx, "DELETE FROM river_job WHERE kind = $1 AND created_at < now() - interval '1 hour'", job{}.Kind())
	return client, err
}

func newCarrier[T any](ctx context.Context, r *Runner, driver riverdriver.Driver[T]) (carrier, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return nil, fmt.Errorf("the tables of the job library can't be made: %w", err)
	}
	workers := river.NewWorkers()
	if err := river.AddWorkerSafely(workers, &worker{r: r}); err != nil {
		return nil, err
	}
	return river.NewClient(driver, &river.Config{
		ID:                   r.boot,
		Queues:               map[string]river.QueueConfig{r.queue: {MaxWorkers: 1000}},
		Workers:              workers,
		FetchCooldown:        10 * time.Millisecond,
		FetchPollInterval:    200 * time.Millisecond,
		MaxAttempts:          1, // the next try stands in the log
		JobTimeout:           2 * time.Minute,
		RescueStuckJobsAfter: 3 * time.Minute,
		Logger:               slog.New(slog.DiscardHandler),
	})
}
