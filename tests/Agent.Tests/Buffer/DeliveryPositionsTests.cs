using AmpEdge.Agent.Buffer;
using AmpEdge.Prometheus;
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
        using DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "https://example.test/api/v1/write");
        Assert.False(file.TryLoad(out _, out string? problem));
        Assert.Null(problem);

        file.Save(SomeSets(), sync: true);

        Assert.True(file.TryLoad(out List<ShardPositions> sets, out _));
        Assert.Equal(Describe(SomeSets()), Describe(sets));
        Assert.Equal(9, DeliveryPositions.HighestSegment(_disk, "/positions").Value);
    }

    [Fact]
    public void The_last_positions_that_were_saved_count_however_many_there_were()
    {
        using DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        for (int ordinal = 0; ordinal < 5; ordinal++)
        {
            // The fourth needs more than the slots that were there.
            SamplePosition[] positions = new SamplePosition[ordinal == 3 ? 500 : 2];
            Array.Fill(positions, new SamplePosition(7, 123_456, ordinal));
            file.Save([new ShardPositions(positions)], sync: ordinal % 2 == 0);

            Assert.Equal(Describe([new ShardPositions(positions)]), Describe(Load(file)));
        }

        using DeliveryPositions another = DeliveryPositions.For(_disk, "/positions", "d");
        another.Save(SomeSets(), sync: false);
        Assert.Equal(Describe(SomeSets()), Describe(Load(file)));
    }

    [Fact]
    public void A_record_that_was_torn_leaves_the_one_before_it()
    {
        using DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        file.Save([new ShardPositions([new SamplePosition(1, 8, 0)])], sync: false);
        file.Save([new ShardPositions([new SamplePosition(2, 8, 0)])], sync: false);
        byte[] before = _disk.Content(file.Path);
        file.Save(SomeSets(), sync: false);
        byte[] after = _disk.Content(file.Path);
        int written = after.Length / 2 + after.AsSpan(after.Length / 2).LastIndexOfAnyExcept((byte)0) + 1;
        for (int torn = after.Length / 2; torn < written; torn++)
        {
            _disk.SetContent(file.Path, [.. after[..torn], .. before[torn..]]);
            Assert.Equal("2:8:0", Assert.Single(Load(file)).Positions[0].ToString());
        }
    }

    [Fact]
    public void A_damaged_file_is_told_from_a_missing_one_and_never_gives_what_was_not_saved()
    {
        using DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        file.Save(SomeSets(), sync: false);
        file.Save([new ShardPositions([new SamplePosition(9, 9, 9)])], sync: false);
        byte[] whole = _disk.Content(file.Path);
        Gen gen = Gen.Create(14);
        for (int round = 0; round < 3000; round++)
        {
            byte[] damaged = round < whole.Length ? whole[..round] : gen.Mutate(whole);
            _disk.SetContent(file.Path, damaged);
            bool isRead = file.TryLoad(out List<ShardPositions> sets, out string? problem);
            Assert.Equal(isRead, problem is null);
            if (isRead)
            {
                Assert.Contains(string.Join(';', Describe(sets)), (string[])["9:9:9", string.Join(';', Describe(SomeSets()))]);
            }
        }

        _disk.SetContent(file.Path, new byte[whole.Length]);
        Assert.False(file.TryLoad(out _, out string? nothing));
        Assert.NotNull(nothing);
    }

    [Fact]
    public void The_form_before_this_one_is_read()
    {
        using DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        byte[] content = [.. "AMPEPOS\x01"u8, 1, 2, 3, 0xE8, 7, 17, 9, 8, 0];
        byte[] checksum = BitConverter.GetBytes(Crc32C.Compute(content));
        _disk.SetContent(file.Path, [.. content, .. checksum]);

        Assert.Equal(Describe([SomeSets()[0]]), Describe(Load(file)));
        _disk.SetContent(file.Path, [.. content, .. checksum, 0]);
        Assert.False(file.TryLoad(out _, out _));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void A_save_that_fails_leaves_the_old_positions(int savedAfter)
    {
        using DeliveryPositions file = DeliveryPositions.For(_disk, "/positions", "d");
        for (int save = 0; save <= savedAfter; save++)
        {
            file.Save(SomeSets(), sync: false);
        }

        _disk.FailingWrites = 2;
        for (int failing = 0; failing < 2; failing++)
        {
            Assert.Throws<IOException>(() => file.Save([new ShardPositions([default])], sync: false));
            Assert.Equal(Describe(SomeSets()), Describe(Load(file)));
        }

        file.Save([new ShardPositions([new SamplePosition(9, 9, 9)])], sync: false);
        Assert.Equal(["9:9:9"], Describe(Load(file)));
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

    private static List<ShardPositions> Load(DeliveryPositions file)
    {
        Assert.True(file.TryLoad(out List<ShardPositions> sets, out string? problem), problem);
        return sets;
    }

    private static List<ShardPositions> SomeSets() =>
    [
        new ShardPositions([new SamplePosition(3, 1000, 17), new SamplePosition(9, 8, 0)]),
        new ShardPositions([new SamplePosition(3, 1000, 17)]),
    ];

    private static List<string> Describe(List<ShardPositions> sets) =>
        sets.ConvertAll(static set => string.Join(' ', set.Positions));
}
