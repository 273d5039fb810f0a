using AmpEdge.Agent.Discovery;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Discovery;

public sealed class DnsNameTests
{
    [Theory]
    [InlineData("web.example.com.", "03-77-65-62-07-65-78-61-6D-70-6C-65-03-63-6F-6D-00")]
    [InlineData("web.example.com", "03-77-65-62-07-65-78-61-6D-70-6C-65-03-63-6F-6D-00")]
    [InlineData(".", "00")]
    [InlineData(@"a\.b.c.", "03-61-2E-62-01-63-00")]
    [InlineData(@"a\032b.", "03-61-20-62-00")]
    public void Names_are_written_as_labels(string name, string expected)
    {
        byte[] bytes = new byte[DnsName.MaxWireBytes];
        Assert.True(DnsName.TryWrite(name, bytes, out int written));
        Assert.Equal(expected, BitConverter.ToString(bytes, 0, written));
    }

    [Theory]
    [InlineData("a..b.")]
    [InlineData(".a.")]
    [InlineData(@"a\")]
    [InlineData(@"a\300.")]
    [InlineData(@"a\0")]
    public void What_is_no_name_is_not_written(string name) =>
        Assert.False(DnsName.TryWrite(name, new byte[DnsName.MaxWireBytes], out _));

    [Theory]
    [InlineData(63, 1, true)]
    [InlineData(64, 1, false)]
    [InlineData(49, 5, true)]
    [InlineData(50, 5, false)]
    public void Labels_and_names_have_limits(int labelLength, int labels, bool valid)
    {
        string name = string.Join('.', Array.ConvertAll(new int[labels], _ => new string('x', labelLength))) + ".abc.";
        Assert.Equal(valid, DnsName.TryWrite(name, new byte[DnsName.MaxWireBytes], out int written));
        Assert.True(!valid || written <= DnsName.MaxWireBytes);
    }

    [Theory]
    [InlineData("a.", true)]
    [InlineData("a", false)]
    [InlineData(@"a\.", false)]
    [InlineData(@"a\\.", true)]
    public void A_name_is_rooted_by_a_final_dot_that_is_not_escaped(string name, bool rooted) =>
        Assert.Equal(rooted, DnsName.IsRooted(name));

    [Fact]
    public void Pointers_are_followed_backwards_only()
    {
        // At 0 "com.", at 5 "b" and a pointer to it, at 9 "a" and a pointer to that.
        byte[] message = [3, (byte)'c', (byte)'o', (byte)'m', 0, 1, (byte)'b', 0xC0, 0, 1, (byte)'a', 0xC0, 5, 0xFF];
        int position = 9;
        Assert.True(DnsName.TryRead(message, ref position, out string name));
        Assert.Equal("a.b.com.", name);
        Assert.Equal(13, position);
    }

    [Theory]
    [InlineData("C0-00")]
    [InlineData("01-61-C0-00")]
    [InlineData("C0-02-C0-00")]
    [InlineData("C0-05-00-00-00")]
    [InlineData("40-00")]
    [InlineData("3F-61")]
    [InlineData("C0")]
    public void Loops_and_pointers_ahead_are_refused(string hex)
    {
        int position = 0;
        Assert.False(DnsName.TryRead(Convert.FromHexString(hex.Replace("-", "", StringComparison.Ordinal)), ref position, out _));
    }

    [Fact]
    public void What_is_read_is_written_to_the_same_bytes()
    {
        Gen gen = Gen.Create(99);
        byte[] bytes = new byte[DnsName.MaxWireBytes];
        for (int run = 0; run < 2000; run++)
        {
            List<byte> wire = [];
            for (int label = gen.Int(5); label >= 0; label--)
            {
                int length = gen.Int(1, 30);
                wire.Add((byte)length);
                for (int index = 0; index < length; index++)
                {
                    // Bytes above 0x7F come from escapes only: texts are UTF-8.
                    wire.Add((byte)gen.Int(256));
                }
            }

            wire.Add(0);
            int position = 0;
            Assert.True(DnsName.TryRead(wire.ToArray(), ref position, out string name), gen.ToString());
            Assert.True(DnsName.TryWrite(name, bytes, out int written), $"{gen}: {name}");
            Assert.Equal(wire.ToArray(), bytes[..written]);
        }
    }
}
