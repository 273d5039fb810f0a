using AmpEdge.Prometheus;
using AmpEdge.PromQL;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.PromQL;

public sealed class ReadAheadSeriesSetTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Queries_that_read_ahead_give_what_others_give(bool holdsNone)
    {
        Gen gen = Gen.Create(20_511);
        using Engine alone = new(new EngineOptions { Processors = 1 }, TimeProvider.System);
        using Engine ahead = new(new EngineOptions { Processors = 64 }, TimeProvider.System);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        foreach (int count in (int[])[0, 1, 15, 16, 17, 79, 80, 81, 500])
        {
            MemoryQueryable data = Counters(gen, count, holdsNone);
            foreach (string query in (string[])["rate(m_total[1m])", "sum(m_total)", "m_total / m_total", "max_over_time(m_total[2m:20s])"])
            {
                QueryResult expected = await alone.RangeAsync(data, query, 0, 900_000, 30_000, QueryOptions.Default, cancel);
                QueryResult got = await ahead.RangeAsync(data, query, 0, 900_000, 30_000, QueryOptions.Default, cancel);
                Assert.Equal(Text(expected), Text(got));
                Assert.Equal(expected.Statistics.TotalQueryableSamples, got.Statistics.TotalQueryableSamples);
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_store_that_fails_while_it_is_read_ahead_fails_the_query(bool holdsNone)
    {
        using Engine engine = new(new EngineOptions { Processors = 64 }, TimeProvider.System);
        Gen gen = Gen.Create(20_512);
        foreach (int good in (int[])[0, 10, 16, 40, 200, 290])
        {
            int decoded = 0;
            MemoryQueryable data = Counters(gen, 300, holdsNone, _ =>
            {
                if (Interlocked.Increment(ref decoded) == good + 1)
                {
                    throw new QueryException(QueryErrorKind.Internal, "the disk is gone");
                }
            });
            QueryException failed = await Assert.ThrowsAsync<QueryException>(() => engine.RangeAsync(
                data, "sum(m_total)", 0, 900_000, 30_000, QueryOptions.Default, TestContext.Current.CancellationToken));
            Assert.Equal("the disk is gone", failed.Message);
        }
    }

    [Fact]
    public async Task Several_threads_decode_at_once()
    {
        using Engine engine = new(new EngineOptions { Processors = 64 }, TimeProvider.System);

        // Two have to be at it at one time: alone, none would get on.
        using Barrier two = new(2);
        int decoded = 0;
        int met = 0;
        MemoryQueryable data = Counters(Gen.Create(20_514), 3_000, holdsNone: false, _ =>
        {
            if (Interlocked.Increment(ref decoded) is > 200 and <= 202)
            {
                two.SignalAndWait(TestContext.Current.CancellationToken);
                Interlocked.Increment(ref met);
            }
        });
        await engine.RangeAsync(
            data, "sum(m_total)", 0, 900_000, 30_000, QueryOptions.Default, TestContext.Current.CancellationToken);
        Assert.Equal((3_000, 2), (decoded, met));
    }

    [Fact]
    public async Task A_query_that_fails_itself_leaves_nobody_reading()
    {
        using Engine engine = new(new EngineOptions { Processors = 64, MaxSamples = 1_000 }, TimeProvider.System);
        bool ended = false;
        MemoryQueryable data = Counters(Gen.Create(20_513), 3_000, holdsNone: false, _ => Assert.False(Volatile.Read(ref ended)));
        for (int round = 0; round < 50; round++)
        {
            Volatile.Write(ref ended, false);
            await Assert.ThrowsAsync<QueryException>(() => engine.RangeAsync(
                data, "m_total", 0, 900_000, 30_000, QueryOptions.Default, TestContext.Current.CancellationToken));
            Volatile.Write(ref ended, true);
        }
    }

    private static MemoryQueryable Counters(Gen gen, int count, bool holdsNone, Action<Labels>? decoding = null)
    {
        List<MemorySeries> series = [];
        for (int number = 0; number < count; number++)
        {
            MemorySeries counter = new(Labels.FromStrings("__name__", "m_total", "n", $"{number:0000}"));
            double value = 0;
            for (int step = gen.Int(20); step < 60; step++)
            {
                value += gen.Int(10);
                counter.Samples.Add(step * 15_000L, value);
            }

            series.Add(counter);
        }

        return new MemoryQueryable(series) { Decoding = decoding, HoldsNone = holdsNone };
    }

    private static string Text(QueryResult result)
    {
        List<string> lines = [];
        foreach (MatrixSeries series in Assert.IsType<MatrixValue>(result.Value).Series.ToArray())
        {
            List<string> samples = [];
            foreach (Sample sample in series)
            {
                samples.Add($"{sample.TimestampMs}:{sample.Value:R}");
            }

            lines.Add($"{series.Labels} {string.Join(' ', samples)}");
        }

        return string.Join('\n', lines);
    }
}
