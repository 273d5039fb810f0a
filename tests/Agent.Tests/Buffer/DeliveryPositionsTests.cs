using AmpEdge.Agent.Buffer;
using AmpEdge.Tests.Support;
using AmpEdge.Wal;
using Xunit;

namespace AmpEdge.Agent.Tests.Buffer;

public sealed class DeliveryPositionsTests
{
    private readonly FaultyFileSystem _disk = new();

    [Fact]
    public void Positions_come_back_and_name_the_highest_segment()
    {
        DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "https://example.test/api/v1/write");
        Assert.False(file.TryLoad(out _, out string? problem));
        Assert.Null(problem);

        file.Save(SomeSets(), sync: true);

        Assert.True(file.TryLoad(out List<ShardPositions> sets, out _));
        Assert.Equal(Describe(SomeSets()), Describe(sets));
        Assert.Equal(9, DeliveryPositions.HighestSegment(_disk, "/positions").Value);
    }

    [Fact]
    public void A_damaged_file_is_told_from_a_missing_one()
    {
        DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        file.Save(SomeSets(), sync: false);
        byte[] whole = _disk.Content(file.Path);
        Gen gen = Gen.Create(14);
        for (int cut = 0; cut < whole.Length; cut++)
        {
            _disk.SetContent(file.Path, whole[..cut]);
            Assert.False(file.TryLoad(out _, out string? problem));
            Assert.NotNull(problem);
        }

        for (int round = 0; round < 2000; round++)
        {
            byte[] damaged = gen.Mutate(whole);
            _disk.SetContent(file.Path, damaged);
            Assert.Equal(damaged.AsSpan().SequenceEqual(whole), file.TryLoad(out _, out _));
        }
    }

    [Fact]
    public void A_save_that_fails_leaves_the_old_positions()
    {
        DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        file.Save(SomeSets(), sync: false);
        _disk.FailingWrites = 1;

        Assert.Throws<IOException>(() => file.Save([new ShardPositions([default])], sync: false));
        Assert.True(file.TryLoad(out List<ShardPositions> sets, out _));
        Assert.Equal(Describe(SomeSets()), Describe(sets));
    }

    [Fact]
    public void A_sample_is_done_when_its_own_shard_is_past_it()
    {
        ShardPositions set = new([new SamplePosition(2, 100, 3), new SamplePosition(1, 50, 0)]);

        Assert.True(set.Covers(seriesHash: 4, new SamplePosition(2, 100, 2)));
        Assert.False(set.Covers(seriesHash: 4, new SamplePosition(2, 100, 3)));
        Assert.False(set.Covers(seriesHash: 5, new SamplePosition(1, 50, 0)));
        Assert.Equal(new SamplePosition(1, 50, 0), set.Min);
        Assert.Equal(new SamplePosition(2, 100, 3), set.Max);
    }

    private static List<ShardPositions> SomeSets() =>
    [
        new ShardPositions([new SamplePosition(3, 1000, 17), new SamplePosition(9, 8, 0)]),
        new ShardPositions([new SamplePosition(3, 1000, 17)]),
    ];

    private static List<string> Describe(List<ShardPositions> sets) =>
        sets.ConvertAll(static set => string.Join(' ', set.Positions));
}
