using System.Reflection;
using AmpEdge.Benchmarks.Agents;
using AmpEdge.Benchmarks.Ingest;
using AmpEdge.Benchmarks.Proxy;
using AmpEdge.Benchmarks.Queries;
using BenchmarkDotNet.Running;

// make bench-agents compares whole agents, make bench-ingest and bench-queries whole servers, make bench-proxy proxies; everything else is a primitive under BenchmarkDotNet: make bench BENCH='*Snappy*'
// runs what matches, and without a filter the list is shown to choose from.
if (args is ["agents", .. string[] options])
{
    return await AgentBenchmark.RunAsync(options);
}

if (args is ["ingest", .. string[] ingestOptions])
{
    return await IngestBenchmark.RunAsync(ingestOptions);
}

if (args is ["queries", .. string[] queryOptions])
{
    return await QueryBenchmark.RunAsync(queryOptions);
}

if (args is ["proxies", .. string[] proxyOptions])
{
    return await ProxyBenchmark.RunAsync(proxyOptions);
}

BenchmarkSwitcher.FromAssembly(Assembly.GetExecutingAssembly()).Run(args);
return 0;
