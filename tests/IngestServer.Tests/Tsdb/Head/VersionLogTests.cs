using AmpEdge.Tests.Support;
using AmpEdge.Tsdb;
using Xunit;

namespace AmpEdge.IngestServer.Tests.Tsdb.Head;

public sealed class VersionLogTests
{
    [Fact]
    public void A_snapshot_finds_the_count_before_the_first_commit_after_it()
    {
        VersionLog log = new();
        log.Record(1, sequence: 5, appendedBefore: 10);
        log.Record(2, sequence: 6, appendedBefore: 1);
        log.Record(1, sequence: 8, appendedBefore: 12);

        Assert.True(log.TryGet(1, visibleSequence: 4, out uint appended) && appended == 10);
        Assert.True(log.TryGet(1, visibleSequence: 5, out appended) && appended == 12);
        Assert.True(log.TryGet(1, visibleSequence: 7, out appended) && appended == 12);
        Assert.False(log.TryGet(1, visibleSequence: 8, out _));
        Assert.False(log.TryGet(3, visibleSequence: 0, out _));
    }

    [Fact]
    public void What_no_snapshot_needs_is_forgotten_and_nothing_else()
    {
        Gen gen = Gen.Create(55);
        VersionLog log = new();
        List<(uint Series, long Sequence, uint Appended)> recorded = [];
        for (long sequence = 1; sequence <= 5000; sequence++)
        {
            uint series = 1 + (uint)gen.Int(20);
            log.Record(series, sequence, (uint)sequence);
            recorded.Add((series, sequence, (uint)sequence));
            if (gen.OneIn(100))
            {
                long oldest = sequence - gen.Int(50);
                log.Trim(oldest);
                CheckFrom(log, recorded, oldest, gen);
            }
        }

        log.Trim(5000);
        log.Trim(5000);
        Assert.Equal(0, log.Count);
        Assert.Equal(0, log.Overflows);
    }

    private static void CheckFrom(
        VersionLog log, List<(uint Series, long Sequence, uint Appended)> recorded, long oldest, Gen gen)
    {
        for (uint series = 1; series <= 20; series++)
        {
            int expected = recorded.FindIndex(entry => entry.Series == series && entry.Sequence > oldest);
            bool found = log.TryGet(series, oldest, out uint appended);
            Assert.True(
                found == expected >= 0 && (!found || appended == recorded[expected].Appended), $"series {series}, {gen}");
        }
    }
}
