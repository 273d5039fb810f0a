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

    [Fact]
    public void Long_texts_that_share_almost_everything_stay_short_and_can_be_gone_to()
    {
        LineTexts texts = new();
        string end = new('v', 8000);
        for (int index = 0; index < 20_000; index++)
        {
            texts.Append(Encoding.UTF8.GetBytes($"long{{n=\"{index:D6}\",v=\"{end}\"}}"));
        }

        texts.Settle();
        long kept = GC.GetTotalMemory(forceFullCollection: true);
        int count = texts.Count;
        foreach (int index in (int[])[19_999, 0, 12_345, 31, 32, 33])
        {
            Assert.Equal($"long{{n=\"{index:D6}\"", Encoding.UTF8.GetString(texts[index][..15]));
        }

        texts = new LineTexts();
        kept -= GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(kept < count * 20, $"{kept} bytes are kept of {count} texts");
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
