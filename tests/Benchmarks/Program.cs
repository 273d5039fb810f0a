using System.Reflection;
using BenchmarkDotNet.Running;

// make bench BENCH='*Snappy*' runs what matches; without a filter the list is shown to choose from.
BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
