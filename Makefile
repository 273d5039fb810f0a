# The two commands of the README; each does all its set-up. See .build/ for what they do.
.PHONY: run test bench bench-agents bench-ingest bench-queries bench-proxy fuzz build publish clean

run:
	@.build/run

test:
	@.build/test

# Figures for tests/Benchmarks/README.md. BENCH narrows them down: make bench BENCH='*Snappy*'.
bench:
	@.build/bench "$(or $(BENCH),*)"

# Our agent beside Debian's Prometheus agent and vmagent. AGENTS narrows it down: make bench-agents AGENTS='size=small outage'.
bench-agents:
	@.build/bench-agents $(AGENTS)

# Our server beside Debian's Prometheus and VictoriaMetrics. INGEST narrows it down: make bench-ingest INGEST='size=100k seconds=30'.
bench-ingest:
	@.build/bench-ingest $(INGEST)

# The same servers asked what dashboards ask. QUERIES narrows it down: make bench-queries QUERIES='hosts=100 minutes=60'.
bench-queries:
	@.build/bench-queries $(QUERIES)

# Our proxy beside nginx, which only forwards, and aws-sigv4-proxy where SIGV4_PROXY_BIN names it. PROXY narrows it down:
# make bench-proxy PROXY='workloads=query,write-64k rounds=2'.
bench-proxy:
	@.build/bench-proxy $(PROXY)

# Random queries to our server and to Debian's Prometheus until COUNT are answered or ten differ: make fuzz SEED=1 COUNT=20000.
fuzz:
	@.build/fuzz "$(or $(SEED),1)" "$(or $(COUNT),20000)"

build:
	@.build/build

# The programs as they are shipped, in artifacts/publish: self-contained, trimmed, compiled ahead.
publish:
	@.build/publish

clean:
	rm -rf artifacts .run
