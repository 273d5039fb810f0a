# The two commands of the README; each does all its set-up. See .build/ for what they do.
.PHONY: run test bench build publish clean

run:
	@.build/run

test:
	@.build/test

# Figures for tests/Benchmarks/README.md. BENCH narrows them down: make bench BENCH='*Snappy*'.
bench:
	@.build/bench "$(or $(BENCH),*)"

build:
	@.build/build

# The programs as they are shipped, in artifacts/publish: self-contained, trimmed, compiled ahead.
publish:
	@.build/publish

clean:
	rm -rf artifacts .run
