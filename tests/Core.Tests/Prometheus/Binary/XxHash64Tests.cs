using System.Text;
using AmpEdge.Prometheus;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Binary;

public sealed class XxHash64Tests
{
    // Published test vectors of the xxHash specification's reference implementation.
    [Theory]
    [InlineData("", 0xEF46DB3751D8E999)]
    [InlineData("a", 0xD24EC4F1A98C6E5B)]
    [InlineData("abc", 0x44BC2CF5AD770999)]
    [InlineData("Nobody inspects the spammish repetition", 0xFBCEA83C8A378BF1)]
    public void Known_inputs_give_the_published_hashes(string input, ulong expected) =>
        Assert.Equal(expected, XxHash64.Hash(Encoding.UTF8.GetBytes(input)));

    [Fact]
    public void Every_byte_of_every_length_counts()
    {
        for (int length = 1; length <= 100; length++)
        {
            byte[] bytes = new byte[length];
            ulong before = XxHash64.Hash(bytes);
            for (int index = 0; index < length; index++)
            {
                bytes[index] = 1;
                Assert.NotEqual(before, XxHash64.Hash(bytes));
                bytes[index] = 0;
            }
        }
    }
}
