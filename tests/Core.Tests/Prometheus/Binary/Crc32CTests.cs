using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class Crc32CTests
{
    /// <summary>The check value of the polynomial, and the vectors of RFC 3720, B.4.</summary>
    [Theory]
    [InlineData("313233343536373839", 0xE3069283u)]
    [InlineData("", 0u)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8A9136AAu)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x62A8AB43u)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46DD794Eu)]
    public void Published_vectors_agree(string hex, uint checksum)
    {
        byte[] bytes = Convert.FromHexString(hex);

        Assert.Equal(checksum, Crc32C.Compute(bytes));
        Assert.Equal(checksum, Crc32C.Append(Crc32C.Compute(bytes.AsSpan(0, bytes.Length / 3)), bytes.AsSpan(bytes.Length / 3)));
    }
}
