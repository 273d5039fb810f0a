using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb;

/// <summary>
/// One and the same history of a small store on a disk of which one operation fails: appends in and out of order, floats and
/// native histograms, cuts, compactions, deletions, clean-up, snapshot, clean stops and the retention. A step that fails is
/// tried again, as senders and the maintenance do, by the same process or by the next one.
/// </summary>
internal sealed class StoreHistory : IDisposable
{
    private const long MinuteMs = 60_000;

    /// <summary>One operation fails once, so the second try succeeds, or the first of the next process.</summary>
    private const int MostTries = 4;

    private readonly FaultyFileSystem _files;
    private readonly DatabaseOptions _options;
    private readonly AfterFault _afterFault;
    private readonly Gen _gen;
    private readonly DatabaseModel _model = new(outOfOrder: true);
    private readonly RandomHistograms _histograms;
    private TestDatabase? _store;
    private int _snapshots;

    public StoreHistory(FaultyFileSystem files, DatabaseEncryption? encryption, AfterFault afterFault)
    {
        _files = files;
        _afterFault = afterFault;
        _gen = new Gen(7);
        _histograms = new RandomHistograms(new Gen(8), isFloat: false);
        _options = TestDatabase.Options with
        {
            Retention = TimeSpan.FromHours(15),
            ChunkRange = TimeSpan.FromMinutes(10),
            OutOfOrderWindow = TimeSpan.FromMinutes(5),
            FsyncInterval = TimeSpan.Zero,
            SegmentBytes = 4096,
            SnapshotOnClose = true,
            Encryption = encryption,
        };
    }

    private Database Store => _store!.Database;

    /// <summary>Plays it to its end, and fails when anything that was acknowledged is missing, or something else is there.</summary>
    public void Play()
    {
        Try(Open, reopens: true);
        Fill(requests: 13);
        Delete("1", -30 * MinuteMs, -15 * MinuteMs);
        Try(Compare);
        Try(() => Store.Snapshot($"snapshot-{_snapshots++}", withHead: true));
        Try(() => Store.CleanTombstones());
        Try(Close, reopens: true);
        Fill(requests: 5);
        Delete("0", -30 * MinuteMs, 0);
        Try(() => Store.Maintain());
        _model.NowMs += (long)_options.Retention.TotalMilliseconds - (20 * MinuteMs);
        Fill(requests: 5);
        Try(Close, reopens: true);
        Try(Compare);
    }

    /// <summary>After a restart on a sound disk everything is there, and every byte is as it should be.</summary>
    public void Check()
    {
        _files.FaultAt = 0;
        _store!.Kill();
        Open();
        Compare();
        Store.Maintain();
        Compare();
        Assert.Empty(Store.SetAsideBlocks);
        Assert.Equal(0, Store.Stats().Participants);
        Assert.DoesNotContain(_files.List(TestDatabase.Folder), static name => name.Contains(".tmp-for", StringComparison.Ordinal));
        _store.Dispose();
        using StoppedDatabase stopped = StoppedDatabase.Open(
            _files, TestDatabase.Folder, _store.Time, hashSeed: 1, _options.Encryption);
        Assert.Empty(stopped.SetAside);
        Assert.True(stopped.Replay.Damages.Count == 0, string.Join("; ", stopped.Replay.Damages));
        foreach (Block block in stopped.Blocks)
        {
            Assert.Empty(block.Verify(TestContext.Current.CancellationToken));
        }
    }

    public void Dispose() => _store?.Kill();

    private long BoundMs => _model.MaxTimeMs - (long)_options.Retention.TotalMilliseconds;

    private void Open() => _store = new TestDatabase(_files, _options);

    private void Close()
    {
        _store!.Dispose();
        Open();
    }

    private void Fill(int requests)
    {
        for (int request = 0; request < requests; request++)
        {
            _model.NowMs += 4 * MinuteMs;
            List<TestSample> samples = NextRequest();
            Try(() => Commit(samples));
            _model.Commit(samples);
            if (request % 3 == 2)
            {
                Try(() => Store.Maintain());
            }
        }
    }

    private List<TestSample> NextRequest()
    {
        List<TestSample> samples = [];
        for (int series = 0; series < 3; series++)
        {
            Labels labels = Labels.FromStrings("__name__", "a", "instance", $"{series}");
            samples.Add(new TestSample(labels, _model.NowMs + series, _gen.AnyDouble()));
            long lateMs = _model.NowMs - _gen.Int(3 * (int)MinuteMs);
            if (series == 2 && _model.MaxTimeMs > lateMs && !_model.IsTaken(labels, lateMs))
            {
                samples.Add(new TestSample(labels, lateMs, _gen.Int(9)));
            }
        }

        Labels histogram = Labels.FromStrings("__name__", "h");
        samples.Add(new TestSample(histogram, _model.NowMs, 0, _histograms.Next()));
        samples.Add(new TestSample(
            Labels.FromStrings("__name__", "short", "life", $"{_model.NowMs / (20 * MinuteMs)}"), _model.NowMs, 1));
        return samples;
    }

    private void Commit(List<TestSample> samples)
    {
        using Appender appender = Store.NewAppender();
        foreach (TestSample sample in samples)
        {
            AppendOutcome outcome = TestDatabase.Append(appender, sample);
            Assert.True(outcome is AppendOutcome.Appended or AppendOutcome.DuplicateSample, $"{sample.Text}: {outcome}");
        }

        Assert.Equal(0, appender.Commit().Refused);
    }

    private void Delete(string instance, long fromMs, long toMs)
    {
        List<Matcher> matchers = [new Matcher(MatcherType.Equal, "instance", instance)];
        Try(() => Store.Delete(matchers, _model.NowMs + fromMs, _model.NowMs + toMs));
        _model.Delete(matchers, _model.NowMs + fromMs, _model.NowMs + toMs);
    }

    private void Compare() => Assert.Equal(_model.Dump(BoundMs), _store!.Dump([], BoundMs, long.MaxValue));

    /// <summary>Does a step until it succeeds; one that ends in a new process is done when another one is there.</summary>
    private void Try(Action step, bool reopens = false)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                step();
                return;
            }
            catch (SimulatedCrashException)
            {
                Assert.True(_files.Fault == DiskFault.Crash && attempt < MostTries);
                Recover(_afterFault == AfterFault.PowerCut);
            }
            catch (IOException failure)
            {
                Assert.True(_files.Met is not null && attempt < MostTries, failure.ToString());
                if (_afterFault != AfterFault.GoOn || reopens)
                {
                    Recover(powerCut: false);
                }
            }

            if (reopens)
            {
                return;
            }
        }
    }

    /// <summary>The next process; the disk refuses once, so that it opens at the second try at the latest.</summary>
    private void Recover(bool powerCut)
    {
        if (powerCut)
        {
            _files.CutPower(_gen);
        }

        _files.Kill();
        try
        {
            Open();
        }
        catch (IOException) when (_files.Met is not null)
        {
            _files.Kill();
            Open();
        }
    }
}
