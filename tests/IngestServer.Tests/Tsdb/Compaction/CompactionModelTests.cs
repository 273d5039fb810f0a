using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Compaction;

/// <summary>
/// Random histories through blocks against a dictionary: appends in and out of order, floats and native histograms, deletions,
/// cuts, compactions, retention, clean-ups, snapshots, long queries, failing disks, and crashes inside each of them, with and
/// without encryption.
/// </summary>
public sealed class CompactionModelTests
{
    private const int Steps = 400;

    private static readonly DatabaseOptions s_options = TestDatabase.Options with
    {
        Retention = TimeSpan.FromHours(15),
        ChunkRange = TimeSpan.FromMinutes(10),
        SegmentBytes = 8 * 1024,
    };

    /// <summary>In turn: in order or not, plain or encrypted, with or without a snapshot of the head at each clean stop.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Blocks_and_head_together_do_what_a_dictionary_does(int seed)
    {
        DatabaseOptions options = s_options with
        {
            OutOfOrderWindow = seed % 2 == 0 ? TimeSpan.FromMinutes(25) : TimeSpan.Zero,
            Encryption = seed % 3 == 0 ? new DatabaseEncryption("ws-a", [new LocalMasterKey(new byte[32])]) : null,
            SnapshotOnClose = seed % 4 > 1,
        };
        using History history = new(Gen.Create(seed), options);
        for (int step = 0; step < Steps; step++)
        {
            history.Step(step);
        }

        history.End();
    }

    private sealed class History(Gen gen, DatabaseOptions options) : IDisposable
    {
        private readonly Gen _gen = gen;
        private readonly DatabaseOptions _options = options;
        private readonly DatabaseModel _model = new(options.OutOfOrderWindow > TimeSpan.Zero);
        private readonly RandomHistograms[] _histograms = [new(gen, isFloat: false), new(gen, isFloat: true)];
        private readonly FaultyFileSystem _files = new();
        private readonly List<(DatabaseQuerier Querier, string Expected, long BoundMs)> _queries = [];
        private TestDatabase _test = null!;
        private int _step;
        private ulong _lives;
        private long _mostBlocks;

        public void Step(int step)
        {
            _step = step;
            _test ??= new TestDatabase(_files, _options, seed: ++_lives);
            switch (_gen.Int(42))
            {
                case 0:
                    Restart(() => _test.Kill());
                    break;
                case 1:
                    CutPower();
                    break;
                case 2:
                    Restart(() => _test.Dispose());
                    break;
                case 3 or 4 or 5 or 6:
                    _test.Database.Maintain();
                    break;
                case 7 or 8 or 9:
                    CrashDuring(() => _test.Database.Maintain());
                    break;
                case 10 or 11:
                    FailDuring(() => _test.Database.Maintain());
                    break;
                case 12 or 13:
                    Delete();
                    break;
                case 14:
                    CrashDuring(() => _test.Database.CleanTombstones());
                    break;
                case 15:
                    _test.Database.CleanTombstones();
                    break;
                case 16 or 17:
                    BeginQuery();
                    break;
                case 18 or 19:
                    EndQueries();
                    break;
                case 20:
                    Snapshot();
                    break;
                case 21:
                    CrashDuring(() => _test.Database.Snapshot($"step-{_step}", withHead: true));
                    _files.DeleteFolder(TestDatabase.Folder + "/snapshots");
                    break;
                default:
                    Append();
                    break;
            }

            if (step % 10 == 0)
            {
                Compare();
            }
        }

        public void End()
        {
            EndQueries();
            _test.Database.Maintain();
            Compare();
            Assert.Empty(_test.Database.SetAsideBlocks);
            Assert.True(_mostBlocks > 3, $"only {_mostBlocks} blocks, {_gen}");
            Assert.Equal(0, _test.Database.Stats().Participants);
        }

        public void Dispose() => _test.Dispose();

        private long BoundMs => _model.MaxTimeMs - (long)_options.Retention.TotalMilliseconds;

        private void Append()
        {
            using Appender appender = _test.Database.NewAppender();
            List<TestSample> taken = [];
            _model.NowMs += 1 + _gen.Int(_gen.OneIn(20) ? 3_000_000 : 240_000);
            int samples = 1 + _gen.Int(20);
            for (int index = 0; index < samples; index++)
            {
                TestSample sample = NextSample();
                if (TestDatabase.Append(appender, sample) == AppendOutcome.Appended)
                {
                    taken.Add(sample);
                }
            }

            appender.Commit();
            _model.Commit(taken);
        }

        private TestSample NextSample()
        {
            bool isHistogram = _gen.OneIn(6);
            int instance = _gen.Int(5);
            Labels labels = Labels.FromStrings(
                "__name__", isHistogram ? "h" : _gen.Pick("a", "b"), "instance", $"{instance}", "life", $"{_model.NowMs / 9_000_000}");
            long timestampMs = _model.NowMs + _gen.Int(1000);
            if (_options.OutOfOrderWindow > TimeSpan.Zero && _gen.OneIn(4))
            {
                long lateMs = timestampMs - _gen.Int(1_600_000);
                timestampMs = _model.IsTaken(labels, lateMs) ? timestampMs : lateMs;
            }

            return isHistogram
                ? new TestSample(labels, timestampMs, 0, _histograms[instance % 2].Next())
                : new TestSample(labels, timestampMs, _gen.OneIn(3) ? _gen.AnyDouble() : _gen.Int(5));
        }

        /// <summary>A snapshot has what a query would see, and is given up again.</summary>
        private void Snapshot()
        {
            // Never twice the same name: a power cut may bring back files whose folder was deleted.
            _test.Database.Snapshot($"step-{_step}", withHead: true);
            string folder = $"{TestDatabase.Folder}/snapshots/step-{_step}";
            if (_files.List(folder).Count > 0)
            {
                using BlockList blocks = BlockList.Open(_files, folder, _options.Encryption);
                Assert.Empty(blocks.SetAside);
                using DatabaseQuerier querier = new(new AmpEdge.Tsdb.Head(_options, hashSeed: 1), blocks.Set, CancellationToken.None);
                Same(_model.Dump(BoundMs), TestDatabase.Dump(querier, [], BoundMs, long.MaxValue));
            }

            _files.DeleteFolder(TestDatabase.Folder + "/snapshots");
        }

        private void Delete()
        {
            // A deletion hides samples from queries that run, too.
            EndQueries();
            List<Matcher> matchers =
                [new Matcher(_gen.Pick(MatcherType.Equal, MatcherType.NotRegex), "instance", $"{_gen.Int(5)}")];
            long minTimeMs = _model.NowMs - _gen.Int(20_000_000);
            long maxTimeMs = minTimeMs + _gen.Int(4_000_000);
            if (_gen.OneIn(3))
            {
                // Cut short by a crash, nobody was told that it is done: it is asked for again.
                CrashDuring(() => _test.Database.Delete(matchers, minTimeMs, maxTimeMs));
            }

            _test.Database.Delete(matchers, minTimeMs, maxTimeMs);
            _model.Delete(matchers, minTimeMs, maxTimeMs);
        }

        private void BeginQuery()
        {
            if (_queries.Count < 3)
            {
                _queries.Add((_test.Database.NewQuerier(), _model.Dump(BoundMs), BoundMs));
            }
        }

        /// <summary>What a query saw when it began it sees to its end, whatever became of blocks and head meanwhile.</summary>
        private void EndQueries()
        {
            foreach ((DatabaseQuerier querier, string expected, long boundMs) in _queries)
            {
                string seen = TestDatabase.Dump(querier, [], Math.Max(boundMs, BoundMs), long.MaxValue);
                if (boundMs >= BoundMs)
                {
                    Same(expected, seen);
                }

                querier.Dispose();
            }

            _queries.Clear();
        }

        private void Restart(Action end)
        {
            EndQueries();
            end();
            _test = new TestDatabase(_files, _options, seed: ++_lives);
        }

        private void CutPower()
        {
            EndQueries();
            _test.Database.Sync();
            _test.CutPower(_gen);
            _test = new TestDatabase(_files, _options, seed: ++_lives);
        }

        private void CrashDuring(Action action)
        {
            EndQueries();
            _files.CrashAtChange = _files.Changes + 1 + _gen.Int(60);
            try
            {
                action();
                _files.CrashAtChange = 0;
                return;
            }
            catch (SimulatedCrashException)
            {
            }

            if (_gen.Bool())
            {
                Restart(() => _test.Kill());
            }
            else
            {
                // Nothing that was acknowledged was in flight, so all of it was synced a second ago.
                Restart(() =>
                {
                    SyncLog();
                    _test.CutPower(_gen);
                });
            }
        }

        /// <summary>The process that crashed cannot sync any more; its log was synced once a second while it lived.</summary>
        private void SyncLog()
        {
            _test.Kill();
            const string Log = TestDatabase.Folder + "/wal";
            foreach (string name in _files.List(Log))
            {
                using AmpEdge.Wal.IFile file = _files.OpenWrite(Log + "/" + name);
                file.Sync();
            }

            _files.SyncFolder(Log);
        }

        private void FailDuring(Action action)
        {
            _files.FailingWrites = _gen.Int(2);
            _files.ShortWriteBytes = _gen.Int(100);
            _files.FailingSyncs = _gen.Int(3);
            _files.FailingDeletes = _gen.Int(2);
            try
            {
                action();
            }
            catch (IOException)
            {
                // The next run tries again.
            }

            _files.FailingWrites = 0;
            _files.FailingSyncs = 0;
            _files.FailingDeletes = 0;
        }

        private void Compare()
        {
            _mostBlocks = Math.Max(_mostBlocks, _test.Database.UpkeepStats().Blocks);
            if (_model.MaxTimeMs != long.MinValue)
            {
                Same(_model.Dump(BoundMs), _test.Dump([], BoundMs, long.MaxValue));
            }
        }

        private static string At(string[] lines, int line) => line < lines.Length ? lines[line] : "the end";

        private void Same(string expected, string seen)
        {
            if (expected != seen)
            {
                string[] expectedLines = expected.Split('\n');
                string[] seenLines = seen.Split('\n');
                int line = 0;
                while (line < expectedLines.Length && line < seenLines.Length && expectedLines[line] == seenLines[line])
                {
                    line++;
                }

                Assert.Fail(
                    $"step {_step}, {_gen}: expected {At(expectedLines, line)}\n   seen {At(seenLines, line)}");
            }
        }
    }
}
