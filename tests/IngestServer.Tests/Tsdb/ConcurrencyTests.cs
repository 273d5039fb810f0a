using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

public sealed class ConcurrencyTests
{
    private const int Writers = 3;
    private const int SeriesPerWriter = 40;
    private const int Requests = 100;

    /// <summary>Requests are a minute apart, so this is also the retention in minutes.</summary>
    private const int RetentionRequests = 40;

    /// <summary>The newest request of any writer: what retention counts back from.</summary>
    private int _newestRequest;

    /// <summary>
    /// Each request brings one sample with the same value for all series of its writer, so a reader that sees two series
    /// of a writer end differently has seen half a request. Some series are new in each request, old ones leave.
    /// </summary>
    [Fact]
    public async Task Readers_never_see_half_a_request()
    {
        DatabaseOptions options = TestDatabase.Options with { Retention = TimeSpan.FromMinutes(RetentionRequests), SegmentBytes = 64 * 1024 };
        using TestDatabase test = new(options: options);
        CancellationToken cancel = TestContext.Current.CancellationToken;
        int writing = Writers;
        // Writers stay within ten requests of each other, so that retention takes only what a check lags far behind of.
        using Barrier abreast = new(Writers);
        List<Task> tasks = [];
        for (int writer = 0; writer < Writers; writer++)
        {
            int number = writer;
            tasks.Add(Task.Run(
                () =>
                {
                    try
                    {
                        for (int request = 1; request <= Requests; request++)
                        {
                            Write(test.Database, number, request);
                            if (request % 10 == 0)
                            {
                                abreast.SignalAndWait(cancel);
                            }
                        }
                    }
                    finally
                    {
                        abreast.RemoveParticipant();
                        Interlocked.Decrement(ref writing);
                    }
                },
                cancel));
        }

        for (int reader = 0; reader < 2; reader++)
        {
            tasks.Add(Task.Run(
                () =>
                {
                    while (Volatile.Read(ref writing) > 0)
                    {
                        Check(test.Database);
                        test.Database.Maintain();
                    }
                },
                cancel));
        }

        await Task.WhenAll(tasks);
        Check(test.Database);
        HeadStats stats = test.Database.Stats();
        Assert.Equal(Writers * Requests * SeriesPerWriter, stats.SamplesAppended);
        Assert.Equal(0, stats.Participants);
        Assert.Equal(0, stats.VersionOverflows);
        Assert.True(stats.SeriesRemoved > 0, stats.ToString());
    }

    private void Write(Database database, int writer, int request)
    {
        RaiseTo(request);
        using Appender appender = database.NewAppender();
        for (int index = 0; index < SeriesPerWriter; index++)
        {
            // A quarter of the series lives for ten requests only.
            string life = index % 4 == 1 ? $"{request / 10}" : "for ever";
            Labels labels = Labels.FromStrings(
                "__name__", "m", "writer", $"{writer}", "index", $"{index}", "life", life);
            SeriesRef series = TestDatabase.Series(appender, labels);
            Assert.Equal(
                AppendOutcome.Appended, appender.Append(series, TestDatabase.StartMs + (request * 60_000L), request));
        }

        Assert.Equal(SeriesPerWriter, appender.Commit().Appended);
    }

    private void RaiseTo(int request)
    {
        int newest = Volatile.Read(ref _newestRequest);
        while (newest < request)
        {
            int before = Interlocked.CompareExchange(ref _newestRequest, request, newest);
            newest = before == newest ? request : before;
        }
    }

    private void Check(Database database)
    {
        using DatabaseQuerier querier = database.NewQuerier();
        for (int writer = 0; writer < Writers; writer++)
        {
            double last = -1;
            int ends = 0;
            // Twice, so that the second walk runs long after the snapshot was taken.
            for (int walk = 0; walk < 2; walk++)
            {
                SampleColumns samples = new();
                SelectedSeries series = querier.Select(
                    [new Matcher(MatcherType.Equal, "writer", $"{writer}")], long.MinValue, long.MaxValue);
                ends = 0;
                List<string> others = [];
                while (series.MoveNext())
                {
                    samples.Clear();
                    series.Decode(ref samples);
                    bool lasting = series.Labels.GetString("life") == "for ever";
                    double end = samples.Values[^1];
                    last = last < 0 && lasting ? end : last;
                    Assert.True(!lasting || end == last, $"{series.Labels} ends at {end}, others at {last}");
                    ends += end == last ? 1 : 0;
                    if (!lasting)
                    {
                        others.Add($"life {series.Labels.GetString("life")} ends at {end}");
                    }
                }

                // Retention does not wait for a reader that the scheduler left behind; what it takes is no half request.
                bool isRetained = Volatile.Read(ref _newestRequest) - last < RetentionRequests;
                Assert.True(
                    last < 0 || !isRetained || ends == SeriesPerWriter,
                    $"{ends} of {SeriesPerWriter} series have request {last} of {_newestRequest} in walk {walk}; {string.Join(", ", others)}");
            }
        }
    }
}
