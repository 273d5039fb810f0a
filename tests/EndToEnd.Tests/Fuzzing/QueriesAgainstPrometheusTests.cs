using System.Globalization;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.EndToEnd.Tests.Fuzzing;

/// <summary>
/// Random queries, asked of Debian's Prometheus and of our server over the same data: answers equal, errors equal in kind.
/// <c>make fuzz</c> asks more of them.
/// </summary>
public sealed class QueriesAgainstPrometheusTests(ITestOutputHelper output)
{
    private const int UsualQueries = 250;
    private const int MostFailures = 10;

    [Fact]
    public async Task Random_queries_are_answered_as_by_Prometheus()
    {
        Gen gen = Gen.Create(20261123);
        int queries = int.TryParse(
            Environment.GetEnvironmentVariable("AMPEDGE_FUZZ"), CultureInfo.InvariantCulture, out int asked) ? asked : UsualQueries;
        long hour = TimeProvider.System.GetUtcNow().AddHours(-4).ToUnixTimeSeconds() / 3600;
        FuzzedData data = new(gen, hour * 3_600_000);
        FuzzedQueries random = new(gen, data);
        await using FuzzedServers servers = await FuzzedServers.StartAsync(data);
        FuzzTally tally = new();
        Dictionary<string, string> failures = [];
        for (int number = 0; number < queries && failures.Count < MostFailures; number++)
        {
            FuzzedQuery query = random.Next();
            ComparedQuery compared = await servers.CompareAsync(query);
            tally.Add(in compared);
            if (compared.Difference is { } difference)
            {
                FuzzedQuery smallest = await MinimizeAsync(servers, query);
                difference = (await servers.CompareAsync(smallest)).Difference ?? difference;
                failures.TryAdd(smallest.Expression, $"\n{query}\nsmallest: {smallest}\n{difference}");
            }
        }

        output.WriteLine($"{gen}: {tally}");
        Assert.True(failures.Count == 0, $"{gen}: queries are answered otherwise\n{string.Join('\n', failures.Values)}");
        Assert.True(tally.WithSeries > queries / 2, $"{gen}: {tally}");
    }

    private static Task<FuzzedQuery> MinimizeAsync(FuzzedServers servers, FuzzedQuery query) =>
        new QueryMinimizer(async candidate => (await servers.CompareAsync(candidate)).Difference is not null).MinimizeAsync(query);
}
