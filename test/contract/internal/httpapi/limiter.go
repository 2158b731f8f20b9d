package httpapi

import (
	"net"
	"net/http"
	"sync"
	"time"

	"certctl.test/contract/internal/config"
)

// limiter is a token bucket per peer address. It runs before authentication, so the key is never anything but
// the address: what comes through an ingress shares one bucket, and so do a node's probes
// (facts: rate-limits). It is per process.
type limiter struct {
	rate, burst float64
	lifetime    time.Duration

	lock    sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	tokens float64
	seen   time.Time
}

func newLimiter(settings config.RateLimit) *limiter {
	return &limiter{
		rate: settings.RequestsPerSecond, burst: float64(settings.Burst), lifetime: settings.BucketLifetime,
		buckets: map[string]*bucket{}, swept: time.Now(),
	}
}

func (limiter *limiter) before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !limiter.allow(r.RemoteAddr, time.Now()) {
			w.Header().Set("Retry-After", "1")
			failure(http.StatusTooManyRequests, "rate limit exceeded").write(w)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (limiter *limiter) allow(peer string, now time.Time) bool {
	if host, _, err := net.SplitHostPort(peer); err == nil {
		peer = host
	}
	limiter.lock.Lock()
	defer limiter.lock.Unlock()
	limiter.sweep(now)
	entry, known := limiter.buckets[peer]
	if !known {
		entry = &bucket{tokens: limiter.burst, seen: now}
		limiter.buckets[peer] = entry
	}
	entry.tokens = min(limiter.burst, entry.tokens+now.Sub(entry.seen).Seconds()*limiter.rate)
	entry.seen = now
	if entry.tokens < 1 {
		return false
	}
	entry.tokens--
	return true
}

// sweep forgets addresses that have not come for a while.
func (limiter *limiter) sweep(now time.Time) {
	if now.Sub(limiter.swept) < time.Minute {
		return
	}
	limiter.swept = now
	for peer, entry := range limiter.buckets {
		if now.Sub(entry.seen) > limiter.lifetime {
			delete(limiter.buckets, peer)
		}
	}
}
