using System.Text;
using AmpEdge.Agent.Scrape;
using AmpEdge.Tests.Support;
using Xunit;

namespace AmpEdge.Agent.Tests.Scrape;

public sealed class LineTextsTests
{
    [Fact]
    public void Texts_are_found_again_whatever_they_share_and_wherever_they_are_read()
    {
        Gen gen = Gen.Create(20);
        for (int round = 0; round < 300; round++)
        {
            LineTexts texts = new();
            List<byte[]> expected = [];
            int steps = gen.Int(1, 400);
            for (int step = 0; step < steps; step++)
            {
                if (gen.OneIn(3))
                {
                    byte[] text = NextText(gen, expected);
                    texts.Append(text);
                    expected.Add(text);
                }
                else if (gen.OneIn(40))
                {
                    texts.Settle();
                }
                else if (expected.Count > 0)
                {
                    int from = gen.Int(expected.Count);
                    int count = gen.Bool() ? 1 : gen.Int(1, 80);
                    for (int index = from; index < expected.Count && index < from + count; index++)
                    {
                        Assert.True(texts[index].SequenceEqual(expected[index]), $"seed {gen.Seed}, text {index} of {expected.Count}");
                    }
                }
            }

            Assert.Equal(expected.Count, texts.Count);
        }
    }

    private static byte[] NextText(Gen gen, List<byte[]> texts)
    {
        if (texts.Count == 0 || gen.OneIn(10))
        {
            return Encoding.UTF8.GetBytes(gen.Text("ab\"", 300));
        }

        return gen.OneIn(4) ? texts[gen.Int(texts.Count)] : gen.Mutate(texts[^1]);
    }
}
