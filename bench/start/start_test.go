// Package start measures how soon the real binary serves, what it holds in memory when idle, and its size.
//
//	go test ./bench/start -bench . -benchtime 10x
package start

import (
	"net/http"
	"os"
	"testing"
	"time"

	"tocsin/bench/world"
)

// BenchmarkColdStart goes from starting the process over an existing folder to its first answer of 200.
func BenchmarkColdStart(b *testing.B) {
	binary := world.Build(b)
	info, err := os.Stat(binary)
	if err != nil {
		b.Fatal(err)
	}
	var first time.Duration
	var resident int64
	for b.Loop() {
		w := world.New(b, binary, world.Options{})
		w.Serve()
		first += until200(b, w)
		b.StopTimer()
		resident = max(resident, w.Resident())
		w.Halt()
		b.StartTimer()
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64((first / time.Duration(b.N)).Milliseconds()), "ms-to-200")
	b.ReportMetric(float64(resident)/1e6, "MB-resident")
	b.ReportMetric(float64(info.Size())/1e6, "MB-binary")
}

func until200(b *testing.B, w *world.World) time.Duration {
	b.Helper()
	for {
		res, err := http.Get(w.URL() + "/readyz")
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return w.Age()
			}
		}
		if b.Context().Err() != nil {
			b.Fatal("the server never answered")
		}
	}
}
