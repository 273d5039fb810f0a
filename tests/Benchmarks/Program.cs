using BenchmarkDotNet.Running;

// make bench BENCH='*Snappy*' runs what matches; without a filter the list is shown to choose from.
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
