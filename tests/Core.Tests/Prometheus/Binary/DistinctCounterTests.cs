using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class DistinctCounterTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(DistinctCounter.MaxExact, 0)]
    [InlineData(DistinctCounter.MaxExact + 1, 0.08)]
    [InlineData(1_000, 0.08)]
    [InlineData(100_000, 0.1)]
    [InlineData(3_000_000, 0.1)]
    public void The_count_is_near_the_truth_and_repetition_does_not_change_it(int values, double tolerance)
    {
        DistinctCounter counter = new();
        for (int round = 0; round < 2; round++)
        {
            Add(counter, 0, values);
        }

        Assert.InRange(counter.Count, values * (1 - tolerance), values * (1 + tolerance));
    }

    [Fact]
    public void Over_many_sets_the_error_is_that_of_a_thousand_registers()
    {
        const int sets = 200;
        const int values = 5_000;
        double squares = 0;
        double errors = 0;
        for (int set = 0; set < sets; set++)
        {
            DistinctCounter counter = new();
            Add(counter, set * values, values);
            double error = (counter.Count - values) / (double)values;
            squares += error * error;
            errors += error;
        }

        // 1.04 divided by the root of the number of registers is 3.25 %.
        Assert.InRange(Math.Sqrt(squares / sets), 0.02, 0.045);
        Assert.InRange(errors / sets, -0.02, 0.02);
    }

    [Fact]
    public void The_extreme_hashes_are_counted_too()
    {
        DistinctCounter counter = new();
        counter.Add(0);
        counter.Add(ulong.MaxValue);

        Assert.Equal(2, counter.Count);
    }

    [Fact]
    public void Merging_is_commutative_associative_and_idempotent_to_the_byte()
    {
        Gen gen = Gen.Create(11);
        for (int round = 0; round < 200; round++)
        {
            (int, int)[] sets = [Range(gen), Range(gen), Range(gen)];
            string all = Encoded(Of(sets));

            Assert.Equal(all, Encoded(Merged(Of(sets[0]), Merged(Of(sets[1]), Of(sets[2])))));
            Assert.Equal(all, Encoded(Merged(Merged(Of(sets[2]), Of(sets[0])), Of(sets[1]))));
            Assert.Equal(all, Encoded(Merged(Of(sets), Of(sets[1]))));
        }
    }

    [Fact]
    public void What_was_written_is_read_again_and_nothing_that_is_cut_off()
    {
        foreach (int values in (int[])[0, 1, 7, DistinctCounter.MaxExact, 400])
        {
            ByteBuffer written = new();
            Of((3, values)).AppendTo(written);
            Assert.InRange(written.Length, 1, DistinctCounter.MaxEncodedLength);

            SpanReader whole = new(written.Written);
            DistinctCounter? read = DistinctCounter.Read(ref whole);
            Assert.NotNull(read);
            Assert.True(whole.AtEnd);
            Assert.Equal(Encoded(Of((3, values))), Encoded(read));

            for (int length = 0; length < written.Length; length++)
            {
                SpanReader cut = new(written.Written[..length]);
                Assert.Null(DistinctCounter.Read(ref cut));
            }
        }
    }

    [Theory]
    [InlineData("02 0000000000000001 0000000000000001")]
    [InlineData("02 0000000000000002 0000000000000001")]
    [InlineData("90")]
    public void What_cannot_have_been_written_is_not_read(string hex)
    {
        SpanReader source = new(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));

        Assert.Null(DistinctCounter.Read(ref source));
    }

    private static (int, int) Range(Gen gen) => (gen.Int(1000), gen.Pick(0, 3, 100, 128, 300));

    private static DistinctCounter Of(params ReadOnlySpan<(int First, int Count)> sets)
    {
        DistinctCounter counter = new();
        foreach ((int first, int count) in sets)
        {
            Add(counter, first, count);
        }

        return counter;
    }

    private static DistinctCounter Merged(DistinctCounter into, DistinctCounter other)
    {
        into.Merge(other);
        return into;
    }

    private static string Encoded(DistinctCounter counter)
    {
        ByteBuffer written = new();
        counter.AppendTo(written);
        return Convert.ToHexString(written.Written);
    }

    private static void Add(DistinctCounter counter, int first, int count)
    {
        for (int value = first; value < first + count; value++)
        {
            counter.Add(XxHash64.Hash(BitConverter.GetBytes(value)));
        }
    }
}
