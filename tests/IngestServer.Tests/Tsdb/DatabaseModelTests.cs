using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>Random histories against a dictionary: appends, rollbacks, full disks, retention, queries and crashes.</summary>
public sealed class DatabaseModelTests
{
    private const long RetentionMs = 3_600_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void The_database_does_what_a_dictionary_does(int seed)
    {
        Gen gen = Gen.Create(seed);
        DatabaseOptions options = TestDatabase.Options with
        {
            Retention = TimeSpan.FromMilliseconds(RetentionMs),
            ChunkRange = TimeSpan.FromMinutes(20),
            SegmentBytes = 16 * 1024,
        };
        DatabaseModel model = new();
        FaultyFileSystem files = new();
        TestDatabase test = new(files, options);
        for (int step = 0; step < 300; step++)
        {
            switch (gen.Int(24))
            {
                case 0:
                    // The process dies; what it acknowledged is with the operating system.
                    test.Kill();
                    test = new TestDatabase(files, options);
                    break;
                case 1:
                    test.Dispose();
                    test = new TestDatabase(files, options);
                    break;
                case 2:
                    test.Database.Maintain();
                    break;
                case 3:
                    // The clock of the senders moves on: old series end, their memory goes.
                    model.NowMs += gen.Int(3) * RetentionMs / 4;
                    break;
                default:
                    Request(gen, test.Database, model, files);
                    break;
            }

            if (step % 10 == 0)
            {
                Compare(gen, step, test, model);
            }
        }

        Compare(gen, -1, test, model);
        test.Dispose();
    }

    private static void Request(Gen gen, Database database, DatabaseModel model, FaultyFileSystem files)
    {
        using Appender appender = database.NewAppender();
        List<TestSample> taken = [];
        model.NowMs += 1 + gen.Int(20_000);
        int samples = 1 + gen.Int(60);
        for (int index = 0; index < samples; index++)
        {
            Labels labels = Labels.FromStrings(
                "__name__", gen.Pick("a", "b", "c"), "instance", $"{gen.Int(12)}", "life", $"{model.NowMs / RetentionMs}");
            long timestampMs = model.NowMs + (gen.OneIn(6) ? -gen.Int(60_000) : 0);
            double value = gen.OneIn(3) ? gen.AnyDouble() : gen.Int(5);
            AppendOutcome outcome = appender.Append(TestDatabase.Series(appender, labels), timestampMs, value);
            Assert.True(outcome <= AppendOutcome.OutOfOrder, $"{outcome} {gen}");
            if (outcome == AppendOutcome.Appended)
            {
                taken.Add(new TestSample(labels, timestampMs, value));
            }
        }

        if (gen.OneIn(8))
        {
            appender.Rollback();
            return;
        }

        if (gen.OneIn(10) && taken.Count > 0)
        {
            FailingCommit(gen, appender, files);
            return;
        }

        CommitResult result = appender.Commit();
        (int appended, int duplicates, int refused) = model.Commit(taken);
        Assert.True(
            (result.Appended, result.Duplicates, result.Refused) == (appended, duplicates, refused), $"{result} {gen}");
    }

    /// <summary>
    /// The disk takes a part of the record, or nothing, and refuses; at times not even that can be cut off. (A record that
    /// is there as a whole, though the disk denied it, may come back after a restart: nobody was told either way.)
    /// </summary>
    private static void FailingCommit(Gen gen, Appender appender, FaultyFileSystem files)
    {
        files.FailingWrites = 1;
        files.ShortWriteBytes = gen.Int(20);
        files.FailingCuts = gen.Int(2);
        Assert.ThrowsAny<IOException>(() => appender.Commit());
        files.FailingCuts = 0;
    }

    /// <summary>Retention works on whole chunks, so samples before its bound may be there or not; the rest is exact.</summary>
    private static void Compare(Gen gen, int step, TestDatabase test, DatabaseModel model)
    {
        long bound = test.Database.Stats().MaxTimeMs == long.MinValue ? 0 : model.MaxTimeMs - RetentionMs;
        Assert.True(model.Dump(bound) == test.Dump([], bound, long.MaxValue), $"step {step}, {gen}");
        test.Database.Maintain();
        HeadStats stats = test.Database.Stats();
        Assert.True(stats.MinTimeMs == long.MaxValue || stats.MinTimeMs >= bound - 1_200_000, $"{stats} {gen}");
        Assert.Equal(0, stats.Participants);
    }
}
