using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>Commits that are under way together: the head takes them in the order of the log, and each as a whole.</summary>
public sealed class ConcurrentOrderTests
{
    private const int Writers = 4;
    private const int Requests = 150;
    private const int Series = 300;

    /// <summary>
    /// All writers bring the same series at the same few times with different values, so which sample is taken depends on who
    /// comes first, in every shard. A replay takes the requests one after the other, in the order of the log.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Senders_of_the_same_series_are_judged_in_the_order_of_the_log(int seed)
    {
        Gen gen = Gen.Create(seed);
        DatabaseOptions options = TestDatabase.Options with
        {
            ChunkRange = TimeSpan.FromMinutes(10), OutOfOrderWindow = TimeSpan.FromMinutes(5), SegmentBytes = 64 * 1024,
        };
        TestDatabase test = new(options: options);
        int[] seeds = [gen.Int(int.MaxValue), gen.Int(int.MaxValue), gen.Int(int.MaxValue), gen.Int(int.MaxValue)];
        CommitResult[] results = new CommitResult[Writers];
        await RunWriters(writer => results[writer] = WriteShared(test.Database, Gen.Create(seeds[writer]), writer));

        string before = test.Dump();
        HeadStats stats = test.Database.Stats();
        test.Kill();
        using TestDatabase again = new(test.Files, options);
        Assert.True(before == again.Dump(), $"the replay is another database, {gen}");
        Assert.Equal(stats.SamplesAppended, again.Database.Stats().SamplesAppended);
        Assert.Equal(stats.SamplesAppended, Sum(results, static result => result.Appended));
        Assert.True(Sum(results, static result => result.Refused) > 0, "nobody was ever too late");
    }

    /// <summary>Each request makes series of its own and has some of every shard; a view has all of them or none.</summary>
    [Fact]
    public async Task The_new_series_of_a_request_appear_together()
    {
        const int NewSeries = 200;
        using TestDatabase test = new();
        int writing = Writers;
        Task writers = RunWriters(writer =>
        {
            try
            {
                for (int request = 0; request < 60; request++)
                {
                    AppendNew(test.Database, $"{writer}-{request}", NewSeries);
                }
            }
            finally
            {
                Interlocked.Decrement(ref writing);
            }
        });
        List<string> partial = [];
        do
        {
            using DatabaseQuerier querier = test.Database.NewQuerier();
            foreach (string request in querier.LabelValues("request", [], long.MinValue, long.MaxValue).Strings())
            {
                int series = querier.Series([new Matcher(MatcherType.Equal, "request", request)], long.MinValue, long.MaxValue).Count;
                if (series != NewSeries)
                {
                    partial.Add($"{request}: {series}");
                }
            }
        }
        while (Volatile.Read(ref writing) > 0);
        await writers;
        Assert.Empty(partial);
        Assert.Equal(Writers * 60 * NewSeries, test.Database.SeriesCount);
    }

    /// <summary>The disk refuses some of the writes: the series that such a request would have described are described later.</summary>
    [Fact]
    public async Task A_refused_request_beside_others_leaves_no_series_without_its_description()
    {
        DatabaseOptions options = TestDatabase.Options with { SegmentBytes = 16 * 1024 };
        TestDatabase test = new(options: options);
        int refused = 0;
        await RunWriters(writer =>
        {
            for (int request = 0; request < Requests; request++)
            {
                if (request % 7 == writer)
                {
                    test.Files.FailingWrites = 1;
                }

                try
                {
                    AppendNew(test.Database, $"{request / 3}", 70, TestDatabase.StartMs + (request * 1000L) + writer);
                }
                catch (IOException)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        });
        Assert.True(refused > 0, "no request was refused");
        string before = test.Dump();
        test.Kill();
        using TestDatabase again = new(test.Files, options);
        Assert.Empty(again.Database.Replay.Damages);
        Assert.Equal(before, again.Dump());
    }

    private static async Task RunWriters(Action<int> write)
    {
        List<Task> tasks = [];
        for (int writer = 0; writer < Writers; writer++)
        {
            int number = writer;
            tasks.Add(Task.Factory.StartNew(
                () => write(number), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        }

        await Task.WhenAll(tasks);
    }

    private static CommitResult WriteShared(Database database, Gen gen, int writer)
    {
        CommitResult total = default;
        for (int request = 0; request < Requests; request++)
        {
            using Appender appender = database.NewAppender();
            for (int index = 0; index < 100; index++)
            {
                Labels labels = Labels.FromStrings("__name__", "m", "n", $"{gen.Int(Series)}");
                long timestampMs = TestDatabase.StartMs + (request * 10_000L) + (gen.Int(20) * 1000L);
                appender.Append(TestDatabase.Series(appender, labels), timestampMs, writer);
            }

            CommitResult result = appender.Commit();
            total = total with { Appended = total.Appended + result.Appended, Refused = total.Refused + result.Refused };
        }

        return total;
    }

    private static void AppendNew(Database database, string request, int series, long timestampMs = TestDatabase.StartMs)
    {
        using Appender appender = database.NewAppender();
        for (int index = 0; index < series; index++)
        {
            Labels labels = Labels.FromStrings("__name__", "m", "n", $"{index}", "request", request);
            appender.Append(TestDatabase.Series(appender, labels), timestampMs, 1);
        }

        appender.Commit();
    }

    private static long Sum(CommitResult[] results, Func<CommitResult, int> number)
    {
        long sum = 0;
        foreach (CommitResult result in results)
        {
            sum += number(result);
        }

        return sum;
    }
}
