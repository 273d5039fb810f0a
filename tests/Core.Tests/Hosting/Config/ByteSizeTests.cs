using AmpEdge.Hosting;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Hosting.Config;

public sealed class ByteSizeTests
{
    [Theory]
    [InlineData("0", 0L, "0B")]
    [InlineData("0B", 0L, "0B")]
    [InlineData("15MB", 15L << 20, "15MiB")]
    [InlineData("15MiB", 15L << 20, "15MiB")]
    [InlineData("1500B", 1500L, "1KiB476B")]
    [InlineData("1.5GB", 3L << 29, "1GiB512MiB")]
    [InlineData("1GB1MB", (1L << 30) + (1L << 20), "1GiB1MiB")]
    [InlineData("7EB", 7L << 60, "7EiB")]
    public void Valid_sizes_are_read_and_printed(string text, long bytes, string printed)
    {
        Assert.True(ByteSize.TryParse(text, out ByteSize size, out string problem), problem);
        Assert.Equal(bytes, size.Bytes);
        Assert.Equal(printed, size.ToString());
    }

    [Theory]
    [InlineData("100", "units: unknown unit  in 100")]
    [InlineData("", "units: invalid ")]
    [InlineData("MB", "units: invalid MB")]
    [InlineData("-1MB", "units: invalid -1MB")]
    [InlineData("10XB", "units: unknown unit XB in 10XB")]
    [InlineData("8EB", "units: invalid 8EB")]
    [InlineData("1.2.3MB", "units: invalid 1.2.3MB")]
    [InlineData("99999999999999999999999999999999MB", "units: invalid 99999999999999999999999999999999MB")]
    public void Wrong_sizes_are_refused(string text, string expected)
    {
        Assert.False(ByteSize.TryParse(text, out _, out string problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void What_is_printed_is_read_back()
    {
        Gen gen = Gen.Create(5);
        for (int run = 0; run < 2000; run++)
        {
            ByteSize size = new(gen.Long() & ((1L << gen.Int(1, 63)) - 1));
            Assert.True(ByteSize.TryParse(size.ToString(), out ByteSize back, out _), $"{size}, {gen}");
            Assert.Equal(size, back);
        }
    }

    [Fact]
    public void Random_texts_are_refused_without_harm()
    {
        Gen gen = Gen.Create(6);
        for (int run = 0; run < 5000; run++)
        {
            string text = gen.Text("0123456789.KMGiB -é", 12);
            bool read = ByteSize.TryParse(text, out ByteSize size, out string problem);
            Assert.True(read ? size.Bytes >= 0 : problem.Length > 0, $"{text}, {gen}");
        }
    }
}
