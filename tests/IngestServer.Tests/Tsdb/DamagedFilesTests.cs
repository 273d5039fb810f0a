using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>
/// A store with every kind of file that one leaves, of which one file is damaged: a bit flipped, cut, torn, emptied, grown, or full of
/// nonsense. It opens, or says which file keeps it from that; what it answers was written; what it lacks it reports; and it
/// goes on taking samples.
/// </summary>
public sealed class DamagedFilesTests
{
    private const long MinuteMs = 60_000;
    private const int FilesOfKind = 2;
    private const string Key = TestDatabase.Folder + "/key";
    private const string Log = TestDatabase.Folder + "/wal/";
    private const string BlockPrefix = TestDatabase.Folder + "/01";

    private static readonly Labels s_later = Labels.FromStrings("__name__", "later");

    private static readonly Matcher s_laterOnly = new(MatcherType.Equal, "__name__", "later");

    private readonly HashSet<string> _written = [];

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Whatever_file_is_damaged_nothing_wrong_is_answered_and_what_is_lost_is_reported(bool encrypted, bool killed)
    {
        Gen gen = Gen.Create(91 + (encrypted ? 1 : 0) + (killed ? 2 : 0));
        DatabaseOptions options = Options(encrypted);
        FaultyFileSystem sound = Fill(gen, options, killed);
        HashSet<string> expected = Samples(new TestDatabase(sound.Copy(), options));
        Assert.True(expected.Count > 1000 && expected.IsProperSubsetOf(_written), $"{expected.Count} of {_written.Count}");
        foreach (string path in Chosen(gen, sound, encrypted, killed))
        {
            byte[] whole = sound.Content(path);
            foreach ((string how, byte[] damaged) in Damages(gen, whole))
            {
                FaultyFileSystem disk = sound.Copy();
                disk.SetContent(path, damaged);
                try
                {
                    Check(disk, options, path, how, expected);
                }
                catch (Exception failure)
                {
                    throw new InvalidOperationException($"{path} of {whole.Length} bytes {how}, {gen}: {failure.Message}", failure);
                }
            }
        }
    }

    /// <summary>Two files of each kind, and the newest segment of the log.</summary>
    private static List<string> Chosen(Gen gen, FaultyFileSystem sound, bool encrypted, bool killed)
    {
        List<string> chosen = [];
        foreach (string kind in Kinds(encrypted, killed))
        {
            List<string> paths = [.. sound.Paths];
            paths.RemoveAll(path => KindOf(path) != kind);
            Assert.True(paths.Count > 0, $"nothing of the kind {kind} is there");
            string newest = paths[^1];
            while (paths.Count > FilesOfKind)
            {
                paths.RemoveAt(gen.Int(paths.Count));
            }

            chosen.AddRange(paths);
            if (kind == "wal" && !paths.Contains(newest))
            {
                chosen.Add(newest);
            }
        }

        return chosen;
    }

    private static List<string> Kinds(bool encrypted, bool killed)
    {
        List<string> kinds = ["head.start", "wal", "index", "chunks", "meta.json", "tombstones", "snapshots"];
        if (encrypted)
        {
            kinds.Add("key");
        }

        if (!killed)
        {
            kinds.AddRange(["head.snapshot", "snapshot"]);
        }

        return kinds;
    }

    private static string KindOf(string path)
    {
        string[] names = path[(TestDatabase.Folder.Length + 1)..].Split('/');
        return names.Length > 1 && names[0].StartsWith("01", StringComparison.Ordinal) ? names[1] : names[0];
    }

    private static DatabaseOptions Options(bool encrypted) => TestDatabase.Options with
    {
        ChunkRange = TimeSpan.FromMinutes(10),
        OutOfOrderWindow = TimeSpan.FromMinutes(5),
        SegmentBytes = 4096,
        SnapshotOnClose = true,
        Encryption = encrypted ? new DatabaseEncryption("ws-a", [new LocalMasterKey(new byte[32])]) : null,
    };

    /// <summary>Cuts, compactions, deletions in blocks and head, late samples, histograms, exemplars, metadata and a snapshot.</summary>
    private FaultyFileSystem Fill(Gen gen, DatabaseOptions options, bool killed)
    {
        FaultyFileSystem disk = new();
        using TestDatabase store = new(disk, options);
        RandomHistograms histograms = new(gen, isFloat: false);
        long nowMs = TestDatabase.StartMs;
        for (int request = 0; request < 90; request++)
        {
            nowMs += MinuteMs;
            Append(store, gen, histograms, nowMs);
            if (request % 10 == 9)
            {
                store.Database.Maintain();
            }

            if (request == 70)
            {
                store.Database.Delete([new Matcher(MatcherType.Equal, "instance", "1")], nowMs - (40 * MinuteMs), nowMs - (3 * MinuteMs));
                store.Database.Snapshot("kept", withHead: true);
            }
        }

        if (killed)
        {
            store.Kill();
        }

        return disk;
    }

    private void Append(TestDatabase store, Gen gen, RandomHistograms histograms, long nowMs)
    {
        List<TestSample> samples = [new TestSample(Labels.FromStrings("__name__", "h"), nowMs, 0, histograms.Next())];
        for (int series = 0; series < 12; series++)
        {
            Labels labels = Labels.FromStrings("__name__", "a", "instance", $"{series}");
            samples.Add(new TestSample(labels, nowMs + series, gen.AnyDouble()));
            if (series == 5)
            {
                samples.Add(new TestSample(labels, nowMs - 30_000 - (nowMs / MinuteMs % 7 * 1000), gen.Int(9)));
            }
        }

        using Appender appender = store.Database.NewAppender();
        foreach (TestSample sample in samples)
        {
            if (TestDatabase.Append(appender, sample) == AppendOutcome.Appended)
            {
                _written.Add($"{sample.Labels} {sample.Text}");
            }
        }

        appender.AppendExemplar(
            TestDatabase.Series(appender, samples[1].Labels), nowMs, 1, Labels.FromStrings("trace_id", $"{nowMs}"));
        appender.AppendMetadata(new MetricMetadata("a", MetricType.Gauge, "what it is", ""));
        appender.Commit();
    }

    private static IEnumerable<(string How, byte[] Content)> Damages(Gen gen, byte[] whole)
    {
        for (int round = 0; round < 4 && whole.Length > 0; round++)
        {
            int at = gen.Int(whole.Length);
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << gen.Int(8));
            yield return ($"flipped in byte {at}", flipped);
        }

        if (whole.Length > 0)
        {
            // The beginning decides how the rest is read, so it is met each time.
            int first = gen.Int(Math.Min(whole.Length, 32));
            byte[] flipped = [.. whole];
            flipped[first] ^= (byte)(1 << gen.Int(8));
            yield return ($"flipped in byte {first}", flipped);

            int cut = gen.Int(whole.Length);
            yield return ($"cut at {cut}", whole[..cut]);
            yield return ($"torn at {cut}", [.. whole[..cut], .. new byte[whole.Length - cut]]);
        }

        yield return ("emptied", []);
        yield return ("grown", [.. whole, .. gen.Bytes(1 + gen.Int(64))]);
        yield return ("made nonsense", gen.Bytes(1 + gen.Int(Math.Max(1, whole.Length))));
    }

    private void Check(FaultyFileSystem disk, DatabaseOptions options, string path, string how, HashSet<string> expected)
    {
        TestDatabase store;
        try
        {
            store = new TestDatabase(disk, options);
        }
        catch (IOException refusal) when (path == Key)
        {
            Assert.Contains(Key, refusal.Message, StringComparison.Ordinal);
            return;
        }

        using (store)
        {
            HashSet<string> seen = Answered(store, out bool failed);
            Assert.Subset(_written, seen);
            bool reported = failed || store.Database.SetAsideBlocks.Count > 0 || store.Database.Replay.Damages.Count > 0;
            Assert.True(reported || seen.SetEquals(expected) || IsShorterLog(path, how), "what is lost is not reported");
            Assert.True(seen.SetEquals(expected) || IsContent(path), "a file that holds no samples cost some");
            store.Database.Maintain();
            store.Append(s_later, TestDatabase.StartMs + (200 * MinuteMs), 1);
            Assert.Contains("later", store.Dump([s_laterOnly], 0, long.MaxValue), StringComparison.Ordinal);
        }

        using TestDatabase again = new(disk, options);
        HashSet<string> then = Answered(again, out _);
        Assert.Contains("later", again.Dump([s_laterOnly], 0, long.MaxValue), StringComparison.Ordinal);
        then.RemoveWhere(static sample => sample.Contains("later", StringComparison.Ordinal));
        Assert.Subset(_written, then);
    }

    /// <summary>Files that hold samples, which may be lost with them.</summary>
    private static bool IsContent(string path) =>
        path.StartsWith(Log, StringComparison.Ordinal) || path.StartsWith(BlockPrefix, StringComparison.Ordinal);

    /// <summary>A log that ends where a record does, or in zeros, is what a power cut leaves: nobody can tell it from one that was always so.</summary>
    private static bool IsShorterLog(string path, string how) =>
        path.StartsWith(Log, StringComparison.Ordinal) && !how.StartsWith("flipped", StringComparison.Ordinal);

    /// <summary>What a query over everything gives, or what there is of it before it fails at the damage.</summary>
    private static HashSet<string> Answered(TestDatabase store, out bool failed)
    {
        HashSet<string> seen = [];
        failed = false;
        try
        {
            Read(store, seen);
        }
        catch (BlockCorruptionException)
        {
            failed = true;
        }

        return seen;
    }

    private static HashSet<string> Samples(TestDatabase store)
    {
        HashSet<string> seen = [];
        Read(store, seen);
        store.Dispose();
        return seen;
    }

    private static void Read(TestDatabase store, HashSet<string> seen)
    {
        using DatabaseQuerier querier = store.Database.NewQuerier();
        SelectedSeries series = querier.Select([], long.MinValue, long.MaxValue);
        SampleColumns samples = new();
        while (series.MoveNext())
        {
            samples.Clear();
            series.Decode(ref samples);
            for (int index = 0; index < samples.Count; index++)
            {
                string text = samples.HistogramAt(index) is { } histogram
                    ? TestSample.Describe(samples.Timestamps[index], histogram)
                    : TestSample.Describe(samples.Timestamps[index], samples.Values[index]);
                Assert.True(seen.Add($"{series.Labels} {text}"), $"twice: {series.Labels} {text}");
            }
        }
    }
}
