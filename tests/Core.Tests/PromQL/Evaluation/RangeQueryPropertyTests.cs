using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

/// <summary>A range query evaluates columns, an instant query single values: at each step they must say the same.</summary>
public sealed class RangeQueryPropertyTests : IDisposable
{
    private const long StartMs = 600_000;
    private const long EndMs = 2_400_000;
    private const long StepMs = 300_000;

    private readonly Engine _engine = new(new EngineOptions { Parser = ParserOptions.Everything }, TimeProvider.System);

    [Fact]
    public async Task A_range_query_is_the_instant_query_at_each_of_its_steps()
    {
        Gen gen = Gen.Create(20_501);
        MemoryQueryable data = RandomData(gen);
        RandomQueries queries = new(gen);
        for (int round = 0; round < 120; round++)
        {
            string query = queries.Vector(depth: 1 + gen.Int(3));
            await CompareAsync(data, query, StepMs, gen);
        }
    }

    /// <summary>Columns of many steps are computed several steps at a time, which an instant query is not.</summary>
    [Theory]
    [InlineData("sum_over_time(g[4m])")]
    [InlineData("avg_over_time(g[4m])")]
    [InlineData("min_over_time(g[4m])")]
    [InlineData("max_over_time(g[4m])")]
    [InlineData("irate(a_total[2m])")]
    [InlineData("idelta(g[2m])")]
    [InlineData("rate(a_total[4m])")]
    [InlineData("increase(b_total[45s])")]
    [InlineData("delta(g[7m])")]
    [InlineData("sum(g)")]
    [InlineData("avg by (job) (g)")]
    [InlineData("sum by (job) (rate({__name__=~\"._total\"}[4m]))")]
    [InlineData("avg(avg_over_time(g[30s]))")]
    public async Task Steps_side_by_side_have_the_bits_of_steps_one_by_one(string query)
    {
        Gen gen = Gen.Create(20_502);
        for (int round = 0; round < 4; round++)
        {
            await CompareAsync(RandomData(gen, hasExtremes: round % 2 == 1), query, 23_000, gen);
        }
    }

    public void Dispose() => _engine.Dispose();

    private async Task CompareAsync(MemoryQueryable data, string query, long stepMs, Gen gen)
    {
        CancellationToken cancel = TestContext.Current.CancellationToken;
        (string range, bool rangeFailed) = await DescribeAsync(
            async () => (await _engine.RangeAsync(data, query, StartMs, EndMs, stepMs, QueryOptions.Default, cancel)).Value);
        StringBuilder instants = new();
        bool instantFailed = false;
        SortedDictionary<Labels, SortedDictionary<long, double>> joined = [];
        for (long timeMs = StartMs; timeMs <= EndMs && !instantFailed; timeMs += stepMs)
        {
            try
            {
                QueryResult result = await _engine.InstantAsync(data, query, timeMs, QueryOptions.Default, cancel);
                VectorValue vector = Assert.IsType<VectorValue>(result.Value);
                for (int index = 0; index < vector.Count; index++)
                {
                    Add(joined, vector.Labels[index], timeMs, vector.Values[index]);
                }
            }
            catch (QueryException failed)
            {
                instantFailed = true;
                instants.Append(failed.Message);
            }
        }

        // Where both fail, which of several failures is met first may differ.
        Assert.True(
            rangeFailed == instantFailed && (rangeFailed || range == Describe(joined)),
            $"{gen}: {query}\nrange:    {range}\ninstants: {(instantFailed ? instants.ToString() : Describe(joined))}");
    }

    private static async Task<(string Text, bool Failed)> DescribeAsync(Func<Task<QueryValue>> run)
    {
        try
        {
            SortedDictionary<Labels, SortedDictionary<long, double>> points = [];
            foreach (MatrixSeries series in Assert.IsType<MatrixValue>(await run()).Series.ToArray())
            {
                foreach (Sample sample in series)
                {
                    Add(points, series.Labels, sample.TimestampMs, sample.Value);
                }
            }

            return (Describe(points), false);
        }
        catch (QueryException failed)
        {
            return (failed.Message, true);
        }
    }

    private static void Add(
        SortedDictionary<Labels, SortedDictionary<long, double>> points, Labels labels, long timeMs, double value)
    {
        if (!points.TryGetValue(labels, out SortedDictionary<long, double>? series))
        {
            points[labels] = series = [];
        }

        series.Add(timeMs, value);
    }

    private static string Describe(SortedDictionary<Labels, SortedDictionary<long, double>> points)
    {
        StringBuilder text = new();
        foreach ((Labels labels, SortedDictionary<long, double> series) in points)
        {
            text.Append('\n').Append(labels);
            foreach ((long timeMs, double value) in series)
            {
                text.Append(System.Globalization.CultureInfo.InvariantCulture, $" {value:R}@{timeMs / 1000}");
            }
        }

        return text.ToString();
    }

    /// <summary>Counters with resets, gauges with NaN, gaps and staleness markers, and some that overflow when added.</summary>
    private static MemoryQueryable RandomData(Gen gen, bool hasExtremes = false)
    {
        List<MemorySeries> all = [];
        foreach (string name in (string[])["a_total", "b_total", "g"])
        {
            foreach (string job in (string[])["x", "y"])
            {
                for (int instance = 0; instance < 2; instance++)
                {
                    MemorySeries series = new(Labels.FromStrings(
                        "__name__", name, "job", job, "instance", $"{instance}", "zone", $"{gen.Int(2)}"));
                    double value = 0;
                    for (long timeMs = gen.Int(15_000); timeMs < EndMs + 300_000; timeMs += 15_000 + gen.Int(3))
                    {
                        value = name == "g" ? gen.Int(-5, 6) : gen.OneIn(30) ? 0 : value + gen.Int(4);
                        if (gen.OneIn(40))
                        {
                            timeMs += gen.Int(500_000);
                        }

                        series.Samples[timeMs] = gen.OneIn(40) ? StaleMarker.Value
                            : name == "g" && gen.OneIn(20) ? double.NaN
                            : hasExtremes && gen.OneIn(20) ? Extreme(gen)
                            : value;
                    }

                    all.Add(series);
                }
            }
        }

        return new MemoryQueryable(all);
    }

    private static double Extreme(Gen gen) => gen.Pick(
        double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity, -0.0, 0.1, 1e-300, 1e17);
}
