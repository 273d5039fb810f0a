using System.Reflection;
using AmpEdge.Benchmarks.Agents;
using BenchmarkDotNet.Running;

// make bench-agents compares whole agents; everything else is a primitive under BenchmarkDotNet: make bench BENCH='*Snappy*'
// runs what matches, and without a filter the list is shown to choose from.
if (args is ["agents", .. string[] options])
{
    return await AgentBenchmark.RunAsync(options);
}

BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
return 0;
