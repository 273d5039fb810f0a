using System.Text;
using AmpEdge.Prometheus;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Core.Tests.Prometheus.Model;

public sealed class Utf8OrderTests
{
    [Fact]
    public void Texts_compare_as_their_bytes_do()
    {
        Gen gen = Gen.Create(71);
        for (int round = 0; round < 5000; round++)
        {
            string left = RandomText(gen);
            string right = gen.OneIn(3) ? left + RandomText(gen) : RandomText(gen);
            int expected = Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
            Assert.True(
                Math.Sign(expected) == Math.Sign(Utf8Order.Instance.Compare(left, right)), $"'{left}' and '{right}', {gen}");
        }

        Assert.True(Utf8Order.Instance.Compare(null, "") < 0);
        Assert.Equal(0, Utf8Order.Instance.Compare(null, null));
    }

    private static string RandomText(Gen gen)
    {
        StringBuilder text = new();
        for (int length = gen.Int(4); length > 0; length--)
        {
            text.Append(gen.Pick("a", "b", "ü", "\uD7FF", "\uE000", "\uFF61", "\U00010000", "\U0001F600", "\U0010FFFF"));
        }

        return text.ToString();
    }
}
