using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>What a workspace costs that nobody writes to.</summary>
public sealed class IdleDatabaseTests
{
    /// <summary>What opening one may allocate: 23 KB were measured in a release build, of which 15 KB stayed.</summary>
    private const long MostBytes = 80_000;

    private static readonly Labels s_kept = Labels.FromStrings("__name__", "kept");

    [Fact]
    public void An_idle_database_takes_a_few_kilobytes_and_one_handle()
    {
        string folder = Directory.CreateTempSubdirectory("idle-").FullName;
        ManualTime time = new(DateTimeOffset.FromUnixTimeMilliseconds(TestDatabase.StartMs));
        SharedMemory memory = new(1 << 30, 64 << 20, time);
        List<Database> databases = [];
        try
        {
            // The first one pays for what is made once in a process.
            databases.Add(Open(folder, 0, time, memory));
            for (int index = 1; index <= 10; index++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                databases.Add(Open(folder, index, time, memory));
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
            }

            foreach (Database database in databases)
            {
                database.Maintain();
                Assert.InRange(database.Stats().HeadBytes, 0, 4096);
            }

            Assert.Equal(databases.Count, OpenFilesBelow(folder));
            Assert.InRange(memory.Heads.UsedBytes, 0, databases.Count * 4096L);
        }
        finally
        {
            databases.ForEach(static database => database.Dispose());
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_database_that_nothing_is_written_to_for_hours_gives_its_head_back_and_loses_nothing()
    {
        FaultyFileSystem files = new();
        using TestDatabase test = new(files, TestDatabase.Options with { IdleAfter = TimeSpan.FromHours(3) });
        Fill(test.Database, TestDatabase.StartMs);
        test.Append(s_kept, TestDatabase.StartMs + 1000, 1);
        string before = test.Dump();
        long full = test.Database.Stats().HeadBytes;
        test.Database.Maintain();
        test.Time.Advance(TimeSpan.FromHours(2));
        test.Database.Maintain();
        Assert.Equal(5001, test.Database.SeriesCount);

        test.Time.Advance(TimeSpan.FromHours(1));
        test.Database.Maintain();
        Assert.Equal(0, test.Database.SeriesCount);
        Assert.Equal(before, test.Dump());
        Assert.True(test.Database.Stats().HeadBytes < full / 4, $"{full} before, {test.Database.Stats()}");

        // It goes on where it ended, and a restart finds the same.
        Assert.Equal(AppendOutcome.TooOld, test.Append(s_kept, TestDatabase.StartMs, 2));
        Assert.Equal(AppendOutcome.Appended, test.Append(s_kept, TestDatabase.StartMs + 2000, 2));
        string later = test.Dump();
        Assert.NotEqual(before, later);
        test.Database.Maintain();
        Assert.Equal(1, test.Database.SeriesCount);
        test.Kill();
        using TestDatabase again = new(files);
        Assert.Equal(later, again.Dump());
    }

    private static Database Open(string folder, int index, ManualTime time, SharedMemory memory) =>
        Database.Open(Path.Combine(folder, $"{index}"), new DatabaseOptions(), new DiskFileSystem(), time, hashSeed: 1, memory);

    private static int OpenFilesBelow(string folder)
    {
        int open = 0;
        foreach (string handle in Directory.GetFiles("/proc/self/fd"))
        {
            // Handles of other tests may be closed meanwhile.
            open += new FileInfo(handle).LinkTarget?.StartsWith(folder, StringComparison.Ordinal) == true ? 1 : 0;
        }

        return open;
    }

    private static void Fill(Database database, long timestampMs)
    {
        using Appender appender = database.NewAppender();
        for (int index = 0; index < 5000; index++)
        {
            Labels labels = Labels.FromStrings("__name__", "m", "pod", $"pod-{index}");
            appender.Append(TestDatabase.Series(appender, labels), timestampMs, index);
        }

        appender.Commit();
    }
}
