using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class UvarintTests
{
    [Fact]
    public void Every_value_comes_back_in_the_length_that_was_foretold()
    {
        Gen gen = Gen.Create(1);
        Span<byte> bytes = stackalloc byte[Uvarint.MaxLength];
        for (int round = 0; round < 10_000; round++)
        {
            ulong value = (ulong)gen.Long() >> gen.Int(64);
            int written = Uvarint.Write(bytes, value);

            Assert.Equal(Uvarint.Length(value), written);
            Assert.True(Uvarint.TryRead(bytes[..written], out ulong read, out int length), gen.ToString());
            Assert.Equal(value, read);
            Assert.Equal(written, length);
            for (int cut = 0; cut < written; cut++)
            {
                Assert.False(Uvarint.TryRead(bytes[..cut], out _, out _), $"{gen}: {value} cut to {cut} bytes");
            }
        }
    }

    [Theory]
    [InlineData("FFFFFFFFFFFFFFFFFF01", true)]
    [InlineData("FFFFFFFFFFFFFFFFFF02", false)]
    [InlineData("80808080808080808080", false)]
    [InlineData("8000", true)]
    public void A_value_over_64_bits_is_refused(string hex, bool accepted) =>
        Assert.Equal(accepted, Uvarint.TryRead(Convert.FromHexString(hex), out _, out _));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 1)]
    [InlineData(1, 2)]
    [InlineData(long.MinValue, ulong.MaxValue)]
    public void Zigzag_keeps_small_magnitudes_small(long value, ulong encoded)
    {
        Assert.Equal(encoded, Uvarint.ZigZag(value));
        Assert.Equal(value, Uvarint.UnZigZag(encoded));
    }
}
